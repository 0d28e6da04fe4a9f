# Compares the micro-kernels in an object file of NativeAOT's compiler, as objdump lists it, with a table.
#
#   awk -v level=LEVEL -f read-kernels.awk TABLE LISTING
#
# For each row of the table (scripts/check-kernels.sh describes it) whose level is LEVEL it prints "ok", the kernel and the counts,
# or "FAULT", the kernel and the differences, followed by the wrong instructions, indented.

# Pads an address, as addresses are compared as text.
function address(text) {
  sub(/^0x/, "", text)
  return substr("0000000000000000", 1, 16 - length(text)) text
}

# Turns FaissSdk_Managed_FaissSdk_SimdTile_2<…_Simd128__…_Vector128_1<Single>>__Score<…_KeepBest> into
# SimdTile<Simd128>.Score<KeepBest>.
function readable(symbol) {
  sub(/^_/, "", symbol) # of Mach-O
  gsub(/FaissSdk_Managed_FaissSdk_/, "", symbol)
  gsub(/S_P_CoreLib_System_(Runtime_Intrinsics_)?/, "", symbol)
  gsub(/__Vector[0-9]+_1<[A-Za-z0-9]+>/, "", symbol)
  gsub(/_[0-9]+</, "<", symbol)
  gsub(/__/, ".", symbol)
  return symbol
}

# A loop starts where a jump leads back to; the last of several such jumps ends it.
function find_loops(    i, j, target, words, start) {
  loops = 0
  delete loop_end
  for (i = 1; i <= length_of_code; i++) {
    if (code[i] !~ /^(j[a-z]+|b|b\.[a-z]+|cbn?z|tbn?z) /) continue
    target = code[i]
    sub(/ <.*/, "", target)
    sub(/.*[ ,]/, "", target)
    if (target !~ /^(0x)?[0-9a-f]+$/) continue
    target = address(target)
    if (target > place[i] || target < place[1]) continue
    for (start = i; place[start] > target; start--);
    for (j = 1; j <= loops && loop_start[j] != start; j++);
    if (j > loops) loop_start[++loops] = start
    loop_end[j] = i
  }
}

function is_wrong(instruction) {
  if (instruction ~ /^(call|bl|blr|blraa) /) return 1
  if (instruction !~ /[xyz]mm[0-9]|[ {,][qvds][0-9]/) return 0
  # A stored vector is a sum that did not stay in its register, whatever the address is.
  if (instruction ~ /^v?mov[a-z0-9]+ [^,]*\[/ || instruction ~ /^(st[0-9pru]|stur|stnp)[a-z]* /) return 1
  return instruction ~ /\[(rsp|sp|x29)/ || (has_frame && instruction ~ /\[rbp/)
}

function judge(row,    wanted, n, i, j, k, counts, count, relevant, report, faults, pair, all, wrong) {
  seen[row]++
  find_loops()
  n = split(expected[row], wanted, " ")
  all = ""
  for (j = 1; j <= loops; j++) relevant[j] = 0
  for (i = 1; i <= n; i++) {
    split(wanted[i], pair, "=")
    sub(/:/, " ", pair[1])
    for (j = 1; j <= loops; j++) {
      count[i, j] = 0
      for (k = loop_start[j]; k <= loop_end[j]; k++) if (code[k] ~ "^" pair[1]) count[i, j]++
      if (count[i, j]) relevant[j] = 1
    }
  }
  # A loop around one that multiplies takes little of the time.
  for (j = 1; j <= loops; j++) for (k = 1; k <= loops; k++)
    if (j != k && relevant[k] && loop_start[j] <= loop_start[k] && loop_end[k] <= loop_end[j]) relevant[j] = 0
  for (i = 1; i <= n; i++) {
    counts = ""
    for (j = 1; j <= loops; j++) if (relevant[j]) counts = counts (counts == "" ? "" : "/") count[i, j]
    if (counts == "") counts = 0
    split(wanted[i], pair, "=")
    if (counts != pair[2]) faults = faults "; " counts " × " pair[1] ", expected " pair[2]
    all = all (all == "" ? "" : " + ") counts " × " pair[1]
  }
  for (j = 1; j <= loops; j++) if (relevant[j]) {
    wrong = 0
    for (k = loop_start[j]; k <= loop_end[j]; k++) if (is_wrong(code[k]) && ++wrong <= 4) report = report "\n         " code[k]
    if (wrong) faults = faults "; " wrong " of the loop\047s " (loop_end[j] - loop_start[j] + 1) " instructions are calls or have a vector in memory"
  }
  if (faults != "") {
    print "FAULT  " level " " kernel[row] ": " substr(faults, 3) report
  } else {
    printf "ok     %-12s %-44s %s\n", level, kernel[row], all
  }
}

function end_of_function(    row) {
  for (row = 1; row <= rows; row++) if (kernel[row] == name) judge(row)
  name = ""
}

FNR == 1 { file++ }

file == 1 {
  if ($1 == level) {
    kernel[++rows] = $2
    expected[rows] = $3
    for (i = 4; i <= NF; i++) expected[rows] = expected[rows] " " $i
  }
  next
}

/^[0-9a-f]+ <.*>:$/ {
  end_of_function()
  name = $0
  sub(/^[0-9a-f]+ </, "", name)
  sub(/>:$/, "", name)
  name = readable(name)
  length_of_code = has_frame = 0
  next
}

/^ *[0-9a-f]+:/ {
  place[++length_of_code] = $1
  sub(/:$/, "", place[length_of_code])
  place[length_of_code] = address(place[length_of_code])
  sub(/^ *[0-9a-f]+:[ \t]+/, "")
  gsub(/[ \t]+/, " ")
  sub(/^\{(vex|evex)\} /, "")
  code[length_of_code] = $0 " "
  if ($0 ~ /^(lea rbp, ?\[rsp|mov rbp, ?rsp)/) has_frame = 1
}

END {
  end_of_function()
  for (row = 1; row <= rows; row++) {
    if (!seen[row]) print "FAULT  " level " " kernel[row] ": the object file does not contain this kernel"
    if (seen[row] > 1) print "FAULT  " level " " kernel[row] ": the object file contains this kernel " seen[row] " times"
  }
}

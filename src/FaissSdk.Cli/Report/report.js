"use strict";
// Names the mark under the pointer, or the one that the arrow keys have chosen; the buttons show one cluster alone.
for (const figure of document.querySelectorAll("figure.map")) {
  const svg = figure.querySelector("svg");
  const tip = figure.querySelector(".tip");
  const said = figure.querySelector("output");
  const ring = svg.querySelector(".ring");
  const marks = [...svg.querySelectorAll("[data-x]")].map(element => ({
    element,
    x: Number(element.dataset.x),
    y: Number(element.dataset.y),
    text: element.querySelector("title").textContent,
  }));
  let current = null;

  const visible = mark => !svg.dataset.only || mark.element.closest(".only") !== null;
  const hide = () => {
    current = null;
    tip.hidden = true;
    ring.style.visibility = "hidden";
  };
  const show = (mark, aloud) => {
    current = mark;
    ring.setAttribute("cx", mark.x);
    ring.setAttribute("cy", mark.y);
    ring.style.visibility = "visible";
    tip.textContent = mark.text;
    tip.hidden = false;
    const box = svg.getBoundingClientRect(), frame = figure.getBoundingClientRect();
    const scale = box.width / svg.viewBox.baseVal.width;
    const left = box.left - frame.left + mark.x * scale + 14, top = box.top - frame.top + mark.y * scale + 14;
    tip.style.left = Math.max(0, Math.min(left, frame.width - tip.offsetWidth)) + "px";
    tip.style.top = top + "px";
    if (aloud) said.textContent = mark.text;
  };

  // The title elements are for pages without scripts; a second tooltip would cover the first.
  for (const mark of marks) mark.element.querySelector("title").remove();

  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    let nearest = null, least = 16 * 16;
    for (const mark of marks) {
      const distance = (mark.x - x) ** 2 + (mark.y - y) ** 2;
      if (distance < least && visible(mark)) [nearest, least] = [mark, distance];
    }
    if (nearest) show(nearest, false); else hide();
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  window.addEventListener("resize", hide);
  svg.addEventListener("focus", () => {
    if (!current && marks.length > 0 && svg.matches(":focus-visible")) show(marks.find(visible) ?? marks[0], true);
  });
  svg.addEventListener("keydown", event => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Escape") hide();
    if (!way) return;
    event.preventDefault();
    const from = current ?? marks.find(visible);
    if (!from) return;
    let best = null, least = Infinity;
    for (const mark of marks) {
      const along = (mark.x - from.x) * way[0] + (mark.y - from.y) * way[1];
      const across = Math.abs((mark.x - from.x) * way[1]) + Math.abs((mark.y - from.y) * way[0]);
      const cost = along + 3 * across;
      if (mark !== from && along > 0 && across <= 2 * along && cost < least && visible(mark)) [best, least] = [mark, cost];
    }
    show(best ?? from, true);
  });

  const buttons = [...figure.querySelectorAll(".legend button")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const only = button.getAttribute("aria-pressed") === "true" ? null : button.dataset.group;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other.dataset.group === only));
      for (const group of svg.querySelectorAll(".points")) group.classList.toggle("only", group.dataset.group === only);
      if (only === null) delete svg.dataset.only; else svg.dataset.only = only;
      hide();
    });
  }
}

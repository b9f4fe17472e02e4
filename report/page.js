"use strict";
// What a page does beyond what it says without a script: numbers where one points or taps,
// cell by cell in the heat map, and all of it on paper.

const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
document.body.append(tip);

function show(text, event) {
  tip.textContent = text;
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const wide = document.documentElement.clientWidth;
  const high = document.documentElement.clientHeight;
  let x = event.clientX + 14;
  let y = event.clientY + 14;
  if (x + box.width > wide - 4) x = Math.max(4, event.clientX - box.width - 10);
  if (y + box.height > high - 4) y = Math.max(4, event.clientY - box.height - 10);
  tip.style.left = x + "px";
  tip.style.top = y + "px";
}

// Titles are taken off the pictures, so that the browser does not show them a second time,
// and stay as labels for who hears the page.
const titles = new WeakMap();
for (const title of document.querySelectorAll("svg title")) {
  const owner = title.parentNode;
  titles.set(owner, title.textContent);
  owner.setAttribute("aria-label", title.textContent);
  title.remove();
}

// number writes a number as the page does.
function number(x) {
  return x.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

// cell is what the heat map holds where one points, null beside it.
function cell(heat, event) {
  const svg = heat.ownerSVGElement;
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  const data = heat.dataset;
  const columns = Number(data.columns);
  const column = Math.floor((place.x - Number(data.x)) / Number(data.cell));
  const row = Math.floor((place.y - Number(data.y)) / Number(data.row));
  const labels = data.labels.split("\n");
  if (column < 0 || column >= columns || row < 0 || row >= labels.length) return null;
  const values = data.values.split(" ");
  const bins = Number(data.bins);
  const first = column * bins;
  const ticks = bins > 1 ? "ticks " + first + " to " + (first + bins - 1) : "tick " + first;
  return labels[row] + "\n" + ticks + ": " + number(Number(values[row * columns + column])) + " " + data.unit;
}

function point(event) {
  for (let at = event.target; at && at !== document; at = at.parentNode) {
    if (at.classList && at.classList.contains("heat")) {
      const text = cell(at, event);
      if (text) return show(text, event);
    }
    if (titles.has(at)) return show(titles.get(at), event);
  }
  tip.hidden = true;
}

document.addEventListener("pointermove", point);
document.addEventListener("pointerdown", point);
document.addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });

// On paper nothing opens.
const closed = [];
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open])")) {
    details.open = true;
    closed.push(details);
  }
});
addEventListener("afterprint", () => {
  for (const details of closed.splice(0)) details.open = false;
});

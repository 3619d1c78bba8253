"use strict";
(() => {
  const tip = document.getElementById("tip");
  const form = document.getElementById("filters");

  // Filters: an answer is shown where it has all that is chosen, an item where one of its answers is.
  const filter = () => {
    const chosen = Object.fromEntries(new FormData(form));
    const wanted = chosen.text.trim().toLowerCase();
    let answers = 0, items = 0;
    for (const item of document.querySelectorAll(".item")) {
      const said = item.querySelector("header").textContent.toLowerCase();
      let any = false;
      for (const answer of item.querySelectorAll(".answer")) {
        const data = answer.dataset;
        const fits = (!chosen.verdict || data.verdict === chosen.verdict)
          && (!chosen.error || data.errors.split("|").includes(chosen.error))
          && (!chosen.model || data.model === chosen.model)
          && (!wanted || (said + answer.textContent.toLowerCase()).includes(wanted));
        answer.hidden = !fits;
        any = any || fits;
        answers += fits;
      }
      item.hidden = !any;
      items += any;
    }
    form.elements.count.value = `${answers} answers to ${items} sentences`;
  };
  if (form) {
    form.hidden = false;
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    filter();
  }

  // Charts: the values at the nearest step, beside the pointer.
  const short = (value) => Number(value.toPrecision(4)).toLocaleString("en");
  for (const chart of document.querySelectorAll("svg.chart")) {
    const data = JSON.parse(chart.dataset.chart);
    const [left, right, top, bottom] = data.box;
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("class", "cross");
    line.setAttribute("y1", top);
    line.setAttribute("y2", bottom);
    const hide = () => { tip.hidden = true; line.remove(); };
    chart.addEventListener("pointerleave", hide);
    chart.addEventListener("pointermove", (event) => {
      const box = chart.getBoundingClientRect();
      const place = (event.clientX - box.left) / box.width * chart.viewBox.baseVal.width;
      const wanted = data.x[0] + (place - left) / (right - left) * (data.x[1] - data.x[0]);
      const xs = data.series.flatMap((one) => one.x);
      const x = xs.reduce((best, other) => Math.abs(other - wanted) < Math.abs(best - wanted) ? other : best);
      const lines = data.series.flatMap((one) => {
        const index = one.x.indexOf(x);
        return index < 0 ? [] : [`${one.label}: ${short(one.y[index])}`];
      });
      const at = left + (x - data.x[0]) / (data.x[1] - data.x[0]) * (right - left);
      line.setAttribute("x1", at);
      line.setAttribute("x2", at);
      chart.append(line);
      tip.textContent = [`step ${short(x)}`, ...lines].join("\n");
      tip.hidden = false;
      const width = tip.offsetWidth;
      tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, window.innerWidth - width - 8))}px`;
      tip.style.top = `${Math.max(4, event.clientY - tip.offsetHeight - 10)}px`;
    });
  }
  document.documentElement.dataset.ready = "true";
})();

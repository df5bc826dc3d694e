"use strict";
// Filters the findings. What is asked for stands in the address, so that a filtered page can be shared.
(() => {
  const form = document.getElementById("filter");
  const query = document.getElementById("query");
  const shown = document.getElementById("shown");
  const boxes = [...form.querySelectorAll('input[name="severity"]')];
  const findings = [...document.querySelectorAll(".finding")].map((element) => ({
    element,
    severity: element.dataset.severity,
    text: element.textContent.toLowerCase(),
  }));

  const read = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    query.value = asked.get("q") ?? "";
    const severities = asked.has("severity") ? asked.get("severity").split(",") : null;
    for (const box of boxes) box.checked = severities === null || severities.includes(box.value);
  };

  const apply = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    for (const { element, severity, text } of findings) {
      const fits = severities.has(severity) && words.every((word) => text.includes(word));
      element.hidden = !fits;
      if (fits) count += 1;
    }
    shown.textContent = `${count} of ${findings.length} findings`;
  };

  const write = () => {
    const asked = new URLSearchParams();
    if (query.value) asked.set("q", query.value);
    if (!boxes.every((box) => box.checked)) {
      asked.set("severity", boxes.filter((box) => box.checked).map((box) => box.value).join(","));
    }
    history.replaceState(null, "", asked.size ? `#${asked}` : location.pathname + location.search);
    apply();
  };

  if (findings.length === 0) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", write);
  addEventListener("hashchange", () => { read(); apply(); });
  read();
  apply();
})();

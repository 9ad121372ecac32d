// Lets a reader choose the day of the matrix of memberships and a state beside the first. Without it the table is whole.
(function () {
  "use strict";

  // The status on a day: that of the stretch [first day, last day, status, start] which holds it, else "none".
  function heldOn(day, stretches) {
    return (stretches || []).find(function (one) { return one[0] <= day && day <= one[1]; }) || ["", "", "none", ""];
  }

  function statusOn(day, stretches) { return heldOn(day, stretches)[2]; }

  function paint(cell, held, data) {
    var status = held[2];
    cell.title = held[3];
    if (cell.dataset.status === status) { return; }
    cell.querySelector("[aria-hidden]").textContent = data.shapes[status];
    cell.querySelector(".mv-word").textContent = data.words[status] || status;
    cell.className = "mv-status mv-status-" + status;
    cell.dataset.status = status;
  }

  function made(tag, properties) { return Object.assign(document.createElement(tag), properties); }

  function labelled(text, control) {
    var label = made("label");
    label.append(text, control);
    return label;
  }

  function control(data) {
    var box = made("div", { className: "mv-filter mv-date" }), said = made("output"), beside = made("select");
    var slider = made("input", { type: "range", min: 0, max: data.days.length - 1 });
    slider.value = data.days.findIndex(function (one) { return one[0] === data.day; });
    beside.add(new Option("all states", ""));
    data.states.slice(1).forEach(function (one) { beside.add(new Option(one[1], one[0])); });
    said.setAttribute("aria-live", "polite");
    box.append(labelled("Day of the table", slider), labelled("Beside " + data.states[0][1], beside), said);
    return { box: box, slider: slider, beside: beside, said: said };
  }

  function start(script) {
    var data = JSON.parse(script.textContent), figure = script.closest("figure"), focus = data.states[0];
    var cells = figure.querySelectorAll("td[data-state]");
    var caption = figure.querySelector("caption"), title = caption.textContent, parts = control(data);

    function members(day, state) {
      var bodies = data.stretches[state];
      return Object.keys(bodies).filter(function (body) { return statusOn(day, bodies[body]) === "member"; });
    }

    function sentence(day) {
      var own = members(day, focus[0]), other = parts.beside.value, rows = figure.querySelectorAll("tbody tr").length;
      var words = focus[1] + ": full member in " + own.length + " of " + rows;
      if (!other) { return words + "."; }
      var shared = members(day, other).filter(function (body) { return own.indexOf(body) >= 0; }).length;
      return words + ", in " + shared + " of them together with " + parts.beside.selectedOptions[0].text + ".";
    }

    function apply() {
      var chosen = data.days[Number(parts.slider.value)], other = parts.beside.value;
      figure.classList.toggle("mv-pair", Boolean(other));
      figure.querySelectorAll("[data-state]").forEach(function (cell) {
        cell.hidden = Boolean(other) && cell.dataset.state !== focus[0] && cell.dataset.state !== other;
      });
      cells.forEach(function (cell) {
        paint(cell, heldOn(chosen[0], data.stretches[cell.dataset.state][cell.dataset.organisation]), data);
      });
      parts.slider.setAttribute("aria-valuetext", chosen[1]);
      parts.said.textContent = chosen[1].charAt(0).toUpperCase() + chosen[1].slice(1) + ". " + sentence(chosen[0]);
      caption.textContent = chosen[0] === data.day ? title : "Memberships, " + chosen[1];
    }

    parts.slider.addEventListener("input", apply);
    parts.beside.addEventListener("change", apply);
    figure.insertBefore(parts.box, figure.firstChild);
    apply();
  }

  document.querySelectorAll("script.mv-membership-data").forEach(start);
})();

// Lets a reader choose the day of a table of memberships. Without this script the table shows the day it was made for.
(function () {
  "use strict";

  // The fullest status that counts on the day; else "uncertain" if one may hold, or if the organisation is listed
  // only in part (from the day `listed` on) and nothing is recorded for the state; else "none".
  function statusOn(day, intervals, ranks, listed) {
    var blank = !intervals.length && listed !== undefined && day >= listed;
    var found = blank ? "uncertain" : "none", rank = ranks.length;
    intervals.forEach(function (row) {
      var status = row[2], maybe = row[3], begins = row[4], ends = row[5];
      if (ends && day > ends) { return; }
      if (begins && day < begins) {
        if (day >= maybe && rank === ranks.length) { found = "uncertain"; }
        return;
      }
      if (ranks.indexOf(status) < rank) { rank = ranks.indexOf(status); found = status; }
    });
    return found;
  }

  function paint(cell, status, data) {
    if (cell.dataset.status === status) { return; }
    var shape = document.createElement("span");
    shape.setAttribute("aria-hidden", "true");
    shape.textContent = data.shapes[status];
    cell.textContent = " " + (data.words[status] || status);
    cell.insertBefore(shape, cell.firstChild);
    cell.className = "mv-status mv-status-" + status;
    cell.dataset.status = status;
  }

  function control(data) {
    var box = document.createElement("div"), label = document.createElement("label");
    var slider = document.createElement("input"), said = document.createElement("output");
    box.className = "mv-filter mv-date";
    slider.type = "range";
    slider.min = 0;
    slider.max = data.days.length - 1;
    slider.value = data.days.findIndex(function (one) { return one[0] === data.day; });
    label.append("Day of the table", slider);
    said.setAttribute("aria-live", "polite");
    box.append(label, said);
    return { box: box, slider: slider, said: said };
  }

  function start(script) {
    var data = JSON.parse(script.textContent), figure = script.closest("figure"), groups = {};
    var cells = Array.prototype.slice.call(figure.querySelectorAll("td[data-state]"));
    var caption = figure.querySelector("caption"), title = caption.textContent, parts = control(data);
    data.intervals.forEach(function (row) {
      var key = row[0] + " " + row[1];
      (groups[key] = groups[key] || []).push(row);
    });

    function apply() {
      var chosen = data.days[Number(parts.slider.value)], full = 0;
      cells.forEach(function (cell) {
        var key = cell.dataset.state + " " + cell.dataset.organisation;
        var status = statusOn(chosen[0], groups[key] || [], data.ranks, data.listed[cell.dataset.organisation]);
        paint(cell, status, data);
        if (cell.dataset.state === data.focus && status === "member") { full += 1; }
      });
      var words = data.name + ": full member in " + full + " of " + figure.querySelectorAll("tbody tr").length;
      parts.slider.setAttribute("aria-valuetext", chosen[1]);
      parts.said.textContent = chosen[1].charAt(0).toUpperCase() + chosen[1].slice(1) + ". " + words + ".";
      caption.textContent = chosen[0] === data.day ? title : "Memberships, " + chosen[1];
    }

    parts.slider.addEventListener("input", apply);
    figure.insertBefore(parts.box, figure.firstChild);
    apply();
  }

  Array.prototype.forEach.call(document.querySelectorAll("script.mv-membership-data"), start);
})();

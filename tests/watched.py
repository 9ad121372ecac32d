"""A page that is watched while it is read: window sizes, and what is noted of shifts, paint and refusals."""

from __future__ import annotations

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
WATCH = """
window.watched = {shift: 0, paint: 0, refused: []};
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  if (!entry.hadRecentInput) window.watched.shift += entry.value;
})).observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(entry => { window.watched.paint = entry.startTime; }))
  .observe({type: "largest-contentful-paint", buffered: true});
document.addEventListener("securitypolicyviolation", event => window.watched.refused.push(event.violatedDirective));
"""


def at_leisure(url: str) -> bool:
    """Whether the browser fetches this when it likes: the tab's icon may come long after the page is at rest."""
    return url.endswith("/_static/icon.svg")

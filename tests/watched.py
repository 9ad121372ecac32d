"""A page that is watched while it is read: window sizes, contrast, and what is noted of shifts, paint and refusals."""

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


def contrast(one: tuple, two: tuple) -> float:
    """Contrast of two colours as WCAG defines it."""

    def light(colour: tuple) -> float:
        parts = (value / 255 for value in colour)
        red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(two)))
    return (high + 0.05) / (low + 0.05)

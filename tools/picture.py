"""Draw docs/ledger.svg, the picture of the ledger that README shows. Run it after a verdict changed."""

import html
from pathlib import Path

from multivector.findings import Desk
from multivector.ledger import expressions
from multivector.look import figures, ledgerchart

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "ledger.svg"


def drawing() -> str:
    """The picture with its title, a description for screen readers and a ground of its own for dark pages."""
    desk = Desk()
    title = desk("claims.outcome")
    told = expressions.filled("{claims.outcome}. {claims.rows_told | each=kind verdicts}.", desk)
    split = title.replace(", but ", ",\nbut ")
    svg = figures.svg(ledgerchart.draw(desk("claims.by_type"), title=split), title)
    ground = f'<rect width="100%" height="100%" fill="{figures.COLOUR["paper"]}"/>'
    return svg.replace("</style>", f"</style><desc>{html.escape(told)}</desc>{ground}", 1)


def main() -> None:
    """Write the picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawing(), "utf-8", newline="\n")
    print(f"wrote {PICTURE.relative_to(PICTURE.parents[1])}")


if __name__ == "__main__":
    main()

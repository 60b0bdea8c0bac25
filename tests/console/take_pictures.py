"""`make screens`: every page at two widths, light and dark, into docs/screens/, as small as pngquant makes them."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

from console.browser import Site, site
from console.pages import PAGES, SIZES, THEMES, picture_name
from console.scene import morning

FOLDER = Path(__file__).parents[2] / "docs" / "screens"


async def take(opened: Site, booking: str) -> None:
    """Every picture."""
    for theme in THEMES:
        for width, height in SIZES:
            size = {"width": width, "height": height}
            look = {"color_scheme": theme, "reduced_motion": "reduce", "viewport": size}
            async with opened.reader(**look) as page, opened.reader(logged_in=False, **look) as outside:
                for name, address in PAGES.items():
                    shown = outside if name == "login" else page
                    await shown.goto(address.format(booking=booking))
                    await shown.evaluate("document.fonts.ready")
                    if await shown.locator("body[data-live]").count():
                        await shown.locator('[data-live-state="on"]').wait_for()
                    await shown.screenshot(path=FOLDER / picture_name(name, width, theme), caret="initial")


async def main() -> None:
    """Play the morning and take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    async with morning(history=True) as (stage, _talk), site(stage) as opened:
        now = stage.clock.now()
        found = await stage.house.store.read(lambda tx: tx.bookings("salon", now, now.add(hours=72), 50))
        await take(opened, next(row.id for row in found if row.service_id == "straehnen"))


def make_smaller() -> None:
    """Fewer colours, which nobody sees on pages as calm as these."""
    pictures = sorted(map(str, FOLDER.glob("*.png")))
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--ext", ".png", "--speed", "1", "64", *pictures], check=True)
    else:
        print(
            "pngquant is not there: the pictures are three times as large as they could be", file=sys.stderr
        )
    print(f"{len(pictures)} pictures, {sum(Path(one).stat().st_size for one in pictures) // 1024} KiB")


if __name__ == "__main__":
    asyncio.run(main())
    make_smaller()

"""The style classes that put a thing at its time: a strict policy allows no style on the thing itself.

`at-N` is the five-minute row N of a day, `for-N` a length in such rows, `col-N` a column.
"""

ROW_MIN = 5
ROWS = 24 * 60 // ROW_MIN
COLUMNS = 64


def day_classes() -> str:
    """The style sheet."""
    rows = [
        f".at-{row}{{grid-row-start:{row + 1}}}.for-{row}{{grid-row-end:span {row}}}"
        for row in range(1, ROWS + 1)
    ]
    rows.append(".at-0{grid-row-start:1}")
    columns = [
        f".col-{column}{{grid-column:{column}}}.columns-{column}{{--columns:{column}}}"
        for column in range(1, COLUMNS + 1)
    ]
    return "\n".join((*rows, *columns)) + "\n"

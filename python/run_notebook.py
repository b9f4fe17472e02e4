"""Runs the code of a notebook from top to bottom, as a kernel would, without Jupyter.

    python3 run_notebook.py notebooks/first_steps.ipynb

The value of a cell's last expression is shown by its HTML or its text; an error ends it all.
"""

import ast
import json
import sys


def show(value):
    html = getattr(value, "_repr_html_", None)
    text = html() if html else None
    print(f"[{len(text)} characters of HTML]" if text else repr(value))


def main(path):
    with open(path, encoding="utf-8") as f:
        notebook = json.load(f)
    names = {"__name__": "__main__"}
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]), f"cell {number}")
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"cell {number}", "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)
            if value is not None:
                show(value)


if __name__ == "__main__":
    main(sys.argv[1])

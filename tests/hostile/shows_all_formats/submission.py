# %%
import notebook_shell
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display

EVIL = "<img src=x onerror=alert(1)>\x1b]0;x\x07\x1b]8;;http://127.0.0.1/\x1b\\\x9b31m\u202e\u2066\0\b\r"
for kind in (HTML, Javascript, Latex, Markdown):
    display(kind(EVIL))
display(SVG("<svg onload='alert(1)'></svg>"))
display({"application/vnd.jupyter.widget-view+json": {"model_id": EVIL}, "text/html": EVIL, "image/svg+xml": EVIL,
         "application/json": {"a": EVIL}, "image/jpeg": "AAAA", "text/plain": EVIL}, raw=True)
notebook_shell.KEPT = ("text/plain", "text/html", "image/svg+xml", "application/javascript")
print(EVIL)

# %%
display(HTML(EVIL))
raise type(EVIL, (Exception,), {})(EVIL)

# %% double
def double(x):
    kind = type("<b>\x1b[1mX\u202e", (ValueError,), {})
    if x.ndim != 1:
        raise kind("x \x1b[2J\u202e")
    return 2.0 * x

# %%
notebook_shell.run_cell = lambda shell, source: [
    {"kind": "display", "data": {"text/html": EVIL, "text/plain": EVIL, "image/png": EVIL}, "metadata": {"a": EVIL}},
    {"kind": "error", "name": EVIL.replace("\0", "\ud800"), "message": [EVIL], "traceback": EVIL},
    {"kind": EVIL, "data": [EVIL]}, EVIL, {"kind": "stream", "name": EVIL, "text": EVIL}]

# %%
"seen"

"""Latents as points, a row a system: on the left coloured by style, on the right by language. Where styles lie together whatever the
language, the left has islands and the right has none."""

from __future__ import annotations

import importlib.util
import io

import numpy as np

from tts.evaluation.claims.structure import Latent, principal_axes

COLOURS = ("#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7", "#a463f2", "#97bbf5", "#9c6b4e")


def draw_latents(latents: dict[str, list[Latent]]) -> str:
    """An SVG of the posterior means of every system."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with matplotlib.rc_context({"svg.hashsalt": "latents", "font.size": 8}):
        figure, axes = pyplot.subplots(len(latents), 2, figsize=(9, 3.6 * len(latents)), squeeze=False, layout="constrained")
        for (role, items), row in zip(latents.items(), axes):
            places, how = in_two_dimensions(np.stack([item.mean for item in items]))
            for axis, label in zip(row, ("style", "language")):
                values = [getattr(item, label) for item in items]
                for colour, value in zip(COLOURS * 3, sorted(set(values))):
                    chosen = np.array([other == value for other in values])
                    axis.scatter(*places[chosen].T, s=9, c=colour, label=value, linewidths=0)
                axis.set(title=f"{role}, by {label}", xlabel=how, xticks=[], yticks=[])
                axis.legend(loc="best", fontsize=7, markerscale=1.5, frameon=False)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
        pyplot.close(figure)
    return file.getvalue()


def in_two_dimensions(points: np.ndarray) -> tuple[np.ndarray, str]:
    """(points [N, 2], how they came about): UMAP where it is installed, else the two principal axes."""
    if importlib.util.find_spec("umap") is not None and len(points) > 15:
        import umap

        return umap.UMAP(random_state=0).fit_transform(points), "UMAP"
    places, shares = principal_axes(points)
    return places, f"principal axes, {100 * float(shares.sum()):.0f} % of the variance"

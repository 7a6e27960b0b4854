"""The two axes of a table: which labels head a value, which of them name arms, and which says what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from topline.mentions.grids import LONGEST_STUB, Cell, Row, Span
from topline.mentions.labels import DOSES, GROUPS, POOLED, is_control, is_sized, read_label, size_place
from topline.mentions.layout import Layout, Line
from topline.mentions.subgroups import announced, is_subgroup, of_characteristics

HALF = 0.5  # of a level's labels must name arms by themselves: the others are arms whose names no list knows


@dataclass(frozen=True, slots=True)
class Path:
    """The labels of one value, the nearest first: heads with their level, stubs, and the sections above its row.

    `parent` is the stub above that a stub of mere statistics goes on from: "Change from baseline".
    """

    cell: Cell
    heads: tuple[tuple[int, Cell], ...]
    stubs: Row
    sections: Row
    parent: Row = ()


class Axes:
    """The heads and stubs of a panel; the state is which of them were found to name arms.

    `titles` are the lines above the table.
    """

    def __init__(self, panel: Layout, titles: Sequence[str] = ()):
        self.panel = panel
        first = min(line.values[0].column for line in panel.lines)
        self.stub_heads: Row = tuple(c for row in panel.heads for c in row if c.beyond <= first and len(row) > 1)
        self.levels: list[Row] = [tuple(c for c in row if c not in self.stub_heads) for row in panel.heads]
        stubs = [line.labels for line in panel.lines if line.labels]
        self.labels = {text: read_label(text) for text in set(self._texts())}
        shares = [1.0 if self._are_doses(k) else self._share(level) for k, level in enumerate(self.levels)]
        self.arm_levels = {k for k, share in enumerate(shares) if share >= HALF}
        sides = {k: self._share([row[k] for row in stubs]) for k in (-1, 0)} if stubs else {}
        corner = [cell for cell in self.stub_heads[:1] if GROUPS.fullmatch(cell.text)]
        sized = any(is_sized(cell.text) or cell.kind == "size" for level in self.levels for cell in level)
        if corner and not sized and not (self.arm_levels and announced([corner[0].text])):
            sides[0] = 1.0
        best = max(sides, key=lambda k: (sides[k], k), default=None)
        self._arm_stub: int | None = None
        if best is not None and sides[best] >= HALF and sides[best] > max(shares, default=0.0):
            self._arm_stub, self.arm_levels = -1 - best, set()
        self.headed = self._are_endpoints_heads(stubs)
        self.subgrouped = bool(self.arm_levels) and self._has_subgroups([*titles], stubs)
        self._parents = self._find_parents()

    def _texts(self) -> Iterator[str]:
        yield from (cell.text for row in self.panel.heads for cell in row)
        yield from (cell.text for line in self.panel.lines for cell in (*line.labels, *line.sections))
        yield from (cell.text for cell in self.panel.context)

    def _share(self, cells: Sequence[Cell]) -> float:
        """Return the share of labels that name arms by themselves, of those that are no comparison and no size."""
        told = [self.labels[cell.text] for cell in cells if cell.kind != "size"]
        told = [label for label in told if not (label.compares or label.sizes)]
        return sum(label.arm for label in told) / max(1, len(told))

    def _are_endpoints_heads(self, stubs: Sequence[Row]) -> bool:
        """Tell whether the heads over or in the arms' hold the endpoints, and the stubs none."""
        said = [self.labels[cell.text] for level in self.levels for cell in level if cell.kind != "size"]
        held = [label for label in said if label.parts or (label.coded and not label.arm)]
        coded = sum(any(self._measures(cell) for cell in row) for row in stubs)
        return bool(held) and bool(self.arm_levels) and 4 * coded < len(stubs)

    def _measures(self, cell: Cell) -> bool:
        """Tell whether a label holds a known endpoint, and does not tell patients by it: "Age <65"."""
        return self.labels[cell.text].coded and not is_subgroup(cell.text)

    def _has_subgroups(self, titles: list[str], stubs: Sequence[Row]) -> bool:
        """Tell whether the rows are subgroups: title or corner says so, or heads hold the endpoints and stubs are."""
        around = [*titles, *(cell.text for cell in (*self.stub_heads[:1], *self.panel.context))]
        if announced(around):
            return True
        held = sum(is_subgroup(row[0].text) for row in stubs)
        return self.headed and held > 0 and 2 * held >= len(stubs) and not of_characteristics(around)

    def _find_parents(self) -> dict[int, Row]:
        """Return for each row of mere statistics the label that they are of: the last above that names an endpoint."""
        found: dict[int, Row] = {}
        last: Row = ()
        sections: Row = ()
        for line in self.panel.lines:
            if line.sections != sections:
                last, sections = (), line.sections
            stub = line.labels[-1] if line.labels else None
            if stub is not None and not self.labels[stub.text].qualifies:
                last = (stub,)
            elif stub is not None and last and not POOLED.match(stub.text):
                found[line.values[0].start] = last
        return found

    def _are_doses(self, level: int) -> bool:
        """Tell whether a level of bare numbers is led by "Dose (mg)"."""
        bare = not any(character.isalpha() for cell in self.levels[level] for character in cell.text)
        return bare and any(DOSES.match(c.text) for c in self.panel.heads[level] if c in self.stub_heads)

    def _is_corner(self, cell: Cell) -> bool:
        return self.labels[cell.text].design or bool(GROUPS.fullmatch(cell.text))

    def paths(self, line: Line) -> list[Path]:
        """Return the labels of each value of a row."""
        stubs, sections = tuple(reversed(line.labels)), tuple(reversed(line.sections))
        parent = self._parents.get(line.values[0].start, ())
        return [Path(cell, tuple(self._heads(cell, line.values)), stubs, sections, parent) for cell in line.values]

    def _heads(self, cell: Cell, row: Row) -> Iterator[tuple[int, Cell]]:
        for k in range(len(self.levels) - 1, -1, -1):
            level = self.levels[k]
            over = [c for c in level if c.column < cell.beyond and cell.column < c.beyond]
            head = over[0] if len(over) == 1 else _by_order(cell, row, level)
            if head is not None:
                yield k, head

    def arm(self, path: Path) -> Cell | None:
        """Return the label that names the value's arm."""
        for k, cell in path.heads:
            if k in self.arm_levels and cell.kind != "size" and not self.labels[cell.text].compares:
                return cell
        if self._arm_stub is None or not path.stubs:
            return None
        stub = path.stubs[self._arm_stub]
        return None if self.labels[stub.text].compares else stub

    def compares(self, path: Path) -> bool:
        """Tell whether the value compares arms: by its column, or by its row where the columns head no arm."""
        if any(self.labels[cell.text].compares for _, cell in path.heads):
            return True
        return self.arm(path) is None and bool(path.stubs) and self.labels[path.stubs[0].text].compares

    def compared(self) -> tuple[Cell | None, Cell | None]:
        """Return the experimental arm and the control of a panel of two arms; of others none."""
        arms = [cell for k in sorted(self.arm_levels) for cell in self.levels[k] if cell.kind != "size"]
        arms = [cell for cell in arms if not self.labels[cell.text].compares]
        controls = [cell for cell in arms if is_control(cell.text)]
        others = [cell for cell in arms if cell not in controls]
        return (others[0], controls[0]) if len(arms) == 2 and len(controls) == 1 else (None, None)

    def endpoint(self, path: Path) -> Cell | None:
        """Return the label that says what was measured: the nearest that is more than a statistic, a time or an arm."""
        arm = self.arm(path)
        heads = [cell for k, cell in path.heads if k not in self.arm_levels and cell.kind != "size"]
        stubs = [cell for cell in (*path.stubs, *path.parent, *path.sections) if cell is not arm]
        if arm is not None and self.labels[arm.text].parts and self.headed:
            heads = [arm]
        if (part := self.subgroup(path)) is not None:
            return next((c for c in (*heads, *stubs) if c is not part and self._measures(c)), None)
        options = [*heads, *stubs] if self._arm_stub is not None or self.headed else [*stubs, *heads]
        options += [*(cell for cell in self.stub_heads if not self._is_corner(cell)), *self.panel.context[:1]]
        held = [cell for cell in options if len(cell.text) <= LONGEST_STUB and not self.labels[cell.text].compares]
        named = [cell for cell in held if not self.labels[cell.text].qualifies]
        return next(iter(named), None)

    def subgroup(self, path: Path) -> Cell | None:
        """Return the stub that tells a part of the arm; "All patients" and an endpoint among the stubs tell none."""
        stub = path.stubs[0] if self.subgrouped and path.stubs else None
        if stub is None or self.labels[stub.text].whole or self._measures(stub):
            return None
        return None if self.labels[stub.text].qualifies and not is_subgroup(stub.text) else stub

    def arms(self) -> list[Cell]:
        """Return the labels that name the arms of the panel, no comparison and no size."""
        if self._arm_stub is not None:
            cells = [line.labels[::-1][self._arm_stub] for line in self.panel.lines if line.labels]
        else:
            cells = [cell for k in sorted(self.arm_levels) for cell in self.levels[k]]
        return [cell for cell in cells if cell.kind != "size" and not self.labels[cell.text].compares]

    def addends(self, arm: Cell) -> tuple[Span, ...]:
        """Return where the sizes stand that add up to the total's: of two arms or more, all stated, none pooled."""
        if not self.labels[arm.text].whole:
            return ()
        others = {cell.text: cell for cell in self.arms() if cell.text != arm.text}
        places = [self._own_size(cell) for cell in others.values()]
        if len(places) < 2 or any(POOLED.match(name) for name in others):
            return ()
        return tuple(place for place in places if place) if all(places) else ()

    def _own_size(self, arm: Cell) -> Span | None:
        """Return where an arm's size stands: in its label, in a head below it, or in the row of sizes."""
        if place := size_place(arm.text):
            return arm.start + place[0], arm.start + place[1]
        if self._arm_stub is not None:
            return None
        over = [c for level in self.levels for c in level if c.kind == "size" and c.row > arm.row]
        for cell in (*over, *self.panel.sizes):
            if cell.column < arm.beyond and arm.column < cell.beyond:
                place = size_place(cell.text)
                return (cell.start + place[0], cell.start + place[1]) if place else cell.span
        return None

    def size(self, arm: Cell | None, path: Path, row: Sequence[Path]) -> Span | None:
        """Return where the arm's size stands: in its own cell, below it, in the row of sizes, or in a column "N"."""
        if arm is None:
            return None
        below = [cell for _, cell in path.heads if cell.kind == "size"]
        for cell in (arm, *below[:1]):
            if place := size_place(cell.text):
                return cell.start + place[0], cell.start + place[1]
        sizes = [c for c in self.panel.sizes if c.column < arm.beyond and arm.column < c.beyond]
        if self._arm_stub is not None:
            sizes = [p.cell for p in row if p.heads and self.labels[p.heads[0][1].text].sizes and p.cell.text.isdigit()]
        return sizes[0].span if len(sizes) == 1 else None

    def is_design(self, path: Path) -> bool:
        """Tell whether a value's column or row holds group sizes, doses or visits; "n" below an arm counts events."""
        heads = [self.labels[cell.text] for _, cell in path.heads[:1]]
        stubs = [self.labels[cell.text] for cell in path.stubs[:1]]
        if any(head.sizes for head in heads) and not self.arm_levels.intersection(k for k, _ in path.heads[1:]):
            return True
        return any(label.design for label in (*heads, *stubs)) or any(stub.sizes for stub in stubs)


def _by_order(cell: Cell, row: Row, level: Row) -> Cell | None:
    """Return a value's head by its place in the row, where the values are a multiple of the heads and none spans."""
    if not level or len(row) % len(level) or any(c.beyond > c.column + 1 for c in level):
        return None
    return level[row.index(cell) * len(level) // len(row)]

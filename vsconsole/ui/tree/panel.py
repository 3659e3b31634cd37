"""The left panel: search as you type over the tree, or three ways in where there is nothing yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from vsconsole.domain.model import Account, Channel, Key, Node
from vsconsole.i18n import _, ngettext
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.tree.delegate import RowDelegate
from vsconsole.ui.tree.items import ItemModel
from vsconsole.ui.tree.model import TreeModel
from vsconsole.ui.tree.rows import SAVED, Row, RowKind
from vsconsole.ui.tree.view import TreeView
from vsconsole.ui.tree.welcome import Welcome
from vsconsole.vendors.registry import vendor

_SEARCH_DELAY_MS = 60
# Accounts are open unless closed by hand, everything else the other way round.
_CLOSED = "-"


class TreePanel(QWidget):
    """Search field, tree, and what to do next where it is empty.

    `search_asked` with the text (empty ends the search), `channel_activated` on a double-click or
    Enter, `channel_selected` with the current node, `favourite_toggled` with a key,
    `account_action` (name of the action, account), `details_asked` with a node, `saved_action`
    (name of the action, key of a saved view or tour), and the three ways in: `add_account`,
    `open_folder`, `try_sandbox`.
    """

    search_asked = Signal(str)
    channel_activated = Signal(object)
    channel_selected = Signal(object)
    favourite_toggled = Signal(object)
    account_action = Signal(str, object)
    details_asked = Signal(object)
    saved_action = Signal(str, object)
    add_account = Signal()
    open_folder = Signal()
    try_sandbox = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TreeModel(self)
        self._open: set[str] = set()
        self._closed: set[str] = set()
        self._wanted: Key | None = None
        self._told: Node | None = None
        self._asked = ""
        self._awaiting = False
        self._open_first = False
        self._build()
        self._connect()

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(_("Search cameras"))
        self.search.addAction(icons.icon("search", "dim"), QLineEdit.ActionPosition.LeadingPosition)
        delegate = RowDelegate(self)
        self._tree = self._made_view(self.model.everything, delegate, _("Cameras"))
        self._results = self._made_view(self.model.found, delegate, _("Cameras found"))
        self._nothing = plain.label(
            _("No camera matches. Try a part of its name, id or pinyin."), "dim", wrap=True
        )
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._nothing.setMargin(tokens.SPACE * 2)
        self._welcome = Welcome()
        self._pages = QStackedWidget()
        for page in (self._tree, self._results, self._nothing, self._welcome):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.SPACE, tokens.SPACE, 0, 0)
        column.setSpacing(tokens.SPACE)
        field = QVBoxLayout()
        field.setContentsMargins(0, 0, tokens.SPACE, 0)
        field.addWidget(self.search)
        column.addLayout(field)
        column.addWidget(self._pages, 1)
        self._delay = QTimer(self, interval=_SEARCH_DELAY_MS, singleShot=True)
        self.show_search_keys("")
        self.show_counts()

    def _made_view(self, model: ItemModel, delegate: RowDelegate, name: str) -> TreeView:
        view = TreeView(model, delegate)
        view.setAccessibleName(name)
        view.opened.connect(self._open_rows)
        view.acted.connect(self._act)
        view.menu_asked.connect(self._show_menu)
        view.saved_asked.connect(lambda name, row: self.saved_action.emit(name, row.key))
        view.selectionModel().currentChanged.connect(self._on_current)
        return view

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_text)
        self._delay.timeout.connect(self._ask)
        self.search.installEventFilter(self)
        self._tree.expanded.connect(lambda index: self._note_open(index, True))
        self._tree.collapsed.connect(lambda index: self._note_open(index, False))
        self.model.everything.rowsInserted.connect(self._on_inserted)
        self.model.settled.connect(self.show_counts)
        self._welcome.add_account.connect(self.add_account)
        self._welcome.open_folder.connect(self.open_folder)
        self._welcome.try_sandbox.connect(self.try_sandbox)

    @property
    def view(self) -> TreeView:
        """The view of the tree, or of what was found during a search."""
        return self._results if self.model.filtered else self._tree

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """The accounts in order."""
        self.model.set_accounts(accounts)
        self.show_counts()

    def show_matches(self, keys: Sequence[Key] | None) -> None:
        """The result of a search, best first; None ends it."""
        self._awaiting = False
        chosen = self.current_key() if self.model.filtered else None
        focused = self._tree.hasFocus() or self._results.hasFocus()
        was_filtered = self.model.filtered
        self.model.show_only(keys)
        if keys is None:
            self._open_first = False
            if was_filtered and chosen:
                # What was picked among the results stays picked in the tree.
                self.select(chosen)
        else:
            self._results.expandAll()
            self._choose_match(keys, chosen)
        self._choose_page()
        if focused and not self.view.hasFocus():
            self.view.setFocus()
        if self._open_first and keys is not None:
            self._open_first = False
            self._open_current()

    def _choose_match(self, keys: Sequence[Key], chosen: Key | None) -> None:
        """A list renewed under somebody's hands keeps what they had chosen."""
        for key in (chosen, *keys[:1]):
            index = self.model.index_of_key(key) if key else QModelIndex()
            if index.isValid():
                self._results.setCurrentIndex(index)
                self._results.scrollTo(index)
                return

    def show_counts(self) -> None:
        """Renews the number of cameras in the search field and the page that is shown."""
        count = self.model.channel_count
        self.search.setPlaceholderText(
            ngettext("Search {count} camera", "Search {count} cameras", count).format(
                count=f"{count:,}"
            )
            if count
            else _("Search cameras")
        )
        self._choose_page()

    def show_saved(self, rows: Sequence[Row]) -> None:
        """Saved views and tours; what was current among them stays so."""
        row = self._tree.items.row(self._tree.currentIndex())
        chosen = row.key if row is not None and row.kind in SAVED else None
        self.model.set_saved(rows)
        index = self.model.index_of_key(chosen) if chosen else QModelIndex()
        if index.isValid():
            self.view.setCurrentIndex(index)

    def set_on_wall(self, keys: frozenset[Key]) -> None:
        """Which channels are on the wall: they are bold."""
        for view in (self._tree, self._results):
            changed = view.items.on_wall ^ keys
            view.items.on_wall = keys
            view.repaint_rows(changed)

    def selected_channels(self) -> list[Channel]:
        """The selected channels from top to bottom."""
        return [row.node for row in self.view.rows() if isinstance(row.node, Channel)]

    def channels_below(self, most: int) -> list[Channel]:
        """The channels selected or below what is selected, `most` of them, from top to bottom."""
        found: dict[Key, Channel] = {}
        for row in self.view.rows():
            for one in (row, *islice(row.below(), most)):
                if isinstance(one.node, Channel) and len(found) < most:
                    found.setdefault(one.node.key, one.node)
        return list(found.values())

    def current_key(self) -> Key | None:
        """The node that is current; None where none is, or it is not there yet."""
        row = self.view.items.row(self.view.currentIndex())
        return row.key if row else self._wanted

    def select(self, key: Key) -> None:
        """Makes a node current and visible, as soon as it is there."""
        index = self.model.index_of_key(key)
        if index.isValid():
            self._wanted = None
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)
        elif not self.model.filtered:
            self._wanted = key

    def show_search_keys(self, keys: str) -> None:
        """The keys that lead to the search, for its hint."""
        hint = _("By name, id, pinyin or its initials")
        self.search.setToolTip(f"{hint} ({keys})" if keys else hint)

    def focus_search(self) -> None:
        """Puts the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def expanded_state(self) -> list[str]:
        """Which rows are open, for the next start."""
        return sorted(self._open) + sorted(_CLOSED + name for name in self._closed)

    def restore_expanded(self, names: Sequence[str]) -> None:
        """Opens the rows that were open."""
        self._closed = {name[len(_CLOSED) :] for name in names if name.startswith(_CLOSED)}
        self._open = {name for name in names if not name.startswith(_CLOSED)}
        model = self.model.everything
        for place in range(model.rowCount()):
            index = model.index(place, 0)
            self._tree.setExpanded(index, self._is_open(model.row(index)))
            self._open_below(index)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            if event.key() == Qt.Key.Key_Down:
                self.view.setFocus()
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._open_found()
                return True
        return super().eventFilter(watched, event)

    def menu_of(self, row: Row) -> QMenu:
        """What can be done to a row, or to all that are selected where it is one of them."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        node, account = row.node, row.account
        rows = self.view.rows()
        channels = [r.node for r in rows if isinstance(r.node, Channel)] if row in rows else []
        if row.kind in SAVED:
            self._add_saved(menu, row)
        if isinstance(node, Channel):
            if len(channels) > 1:
                text = ngettext("Show {n} camera", "Show {n} cameras", len(channels))
                menu.addAction(text.format(n=len(channels)), partial(self._open_rows, rows))
            else:
                menu.addAction(_("Show"), partial(self._open_rows, [row]))
            favourite = QAction(_("Favourite"), menu, checkable=True)
            favourite.setChecked(self.model.is_favourite(node.key))
            favourite.triggered.connect(lambda: self.favourite_toggled.emit(node.key))
            menu.addAction(favourite)
        if node is not None:
            menu.addAction(_("Details"), lambda: self.details_asked.emit(node))
        if account is not None:
            for name, text in (
                ("refresh", _("Refresh")),
                ("verify", _("Verify the login")),
                ("console", _("API console…")),
                ("edit", _("Edit…")),
                ("remove", _("Remove…")),
            ):
                if name == "console" and not vendor(account.vendor).endpoints:
                    continue
                act = partial(self.account_action.emit, name, account)
                menu.addAction(text, act)
        return menu

    def _add_saved(self, menu: QMenu, row: Row) -> None:
        for kind, name, text in (
            (RowKind.VIEW, "open", _("Show")),
            (RowKind.VIEW, "open-tab", _("Show in a new tab")),
            (RowKind.VIEW, "replace", _("Replace by the wall as it is…")),
            (RowKind.TOUR, "open", _("Start")),
            (RowKind.TOUR, "edit", _("Edit…")),
            (row.kind, "rename", _("Rename…")),
            (row.kind, "delete", _("Delete…")),
        ):
            if kind is row.kind:
                menu.addAction(text, partial(self.saved_action.emit, name, row.key))

    def _show_menu(self, row: Row, at: QPoint) -> None:
        menu = self.menu_of(row)
        if menu.isEmpty():
            menu.deleteLater()
            return
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    # Searching

    def _on_text(self, text: str) -> None:
        # An emptied field ends the search at once, whatever is still being looked up.
        self._delay.start(0 if not text.strip() else _SEARCH_DELAY_MS)

    def _ask(self) -> None:
        self._delay.stop()
        self._asked = self.search.text().strip()
        self._awaiting = bool(self._asked)
        self.search_asked.emit(self._asked)

    def _open_found(self) -> None:
        """Enter in the search: opens the best match, once it is known for what was typed."""
        text = self.search.text().strip()
        known = text == self._asked and not self._awaiting and self.model.filtered
        if not text or known:
            self._open_current()
        else:
            self._open_first = True
            self._ask()

    # Opening

    def _open_current(self) -> None:
        row = self.view.items.row(self.view.currentIndex())
        if row:
            self._open_rows([row])

    def _open_rows(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if (channel := row.only_channel()) is not None:
                self.channel_activated.emit(channel)
            elif row.kind in SAVED:
                self.saved_action.emit("open", row.key)
            elif row.action:
                self._act(row)
            elif len(rows) == 1 and row.item is not None:
                index = self.view.items.index_of(row)
                self.view.setExpanded(index, not self.view.isExpanded(index))

    def _act(self, row: Row) -> None:
        if row.account is not None:
            self.account_action.emit(row.action, row.account)

    def _on_current(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row and row.node and row.node is not self._told:
            self._told = row.node
            self.channel_selected.emit(row.node)

    def _choose_page(self) -> None:
        page: QWidget = self.view
        if self.model.account_count == 0:
            page = self._welcome
        elif self.model.filtered and self.model.found.rowCount() == 0:
            page = self._nothing
        self._pages.setCurrentWidget(page)
        self.search.setEnabled(page is not self._welcome)

    # What is open

    def _on_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        model = self.model.everything
        above = model.row(parent)
        if above and self._is_open(above):
            self._tree.expand(parent)
        for place in range(first, last + 1):
            index = model.index(place, 0, parent)
            row = model.row(index)
            if row is None:
                continue
            if row.kind is not RowKind.NODE or row.children:
                self._open_below(index)
            if row.key is not None and row.key == self._wanted and not self.model.filtered:
                # The view hears of the rows after this.
                QTimer.singleShot(0, self, partial(self.select, row.key))

    def _open_below(self, index: QModelIndex) -> None:
        for one in self._open_ones(index):
            self._tree.expand(one)

    def _open_ones(self, index: QModelIndex) -> Iterator[QModelIndex]:
        model = self.model.everything
        pending = [index]
        while pending:
            at = pending.pop()
            row = model.row(at)
            if row is not None and row.children and self._is_open(row):
                yield at
                pending += [model.index_of(child) for child in row.children]

    def _is_open(self, row: Row | None) -> bool:
        if row is None:
            return False
        name = row.name_of_state
        return name in self._open if row.kind is RowKind.NODE else name not in self._closed

    def _note_open(self, index: QModelIndex, is_open: bool) -> None:
        row = self.model.everything.row(index)
        if row is None:
            return
        # Nodes are remembered while open, accounts while closed.
        names = self._open if row.kind is RowKind.NODE else self._closed
        if is_open == (row.kind is RowKind.NODE):
            names.add(row.name_of_state)
        else:
            names.discard(row.name_of_state)

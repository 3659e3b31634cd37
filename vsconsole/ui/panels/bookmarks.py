"""The operator's bookmarks: found by their words, gone to, changed, deleted and brought back."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from vsconsole.i18n import _, listed
from vsconsole.store.marks import Bookmark
from vsconsole.ui import flags, icons, labels, plain, tokens
from vsconsole.ui.timeline import texts

ROW = 42
_ROLE = Qt.ItemDataRole.UserRole
_FLAG = ((0, 0), (9, 0), (9, 14), (4.5, 10), (0, 14))
_TITLE = labels.Face(px=tokens.TEXT_PX, semibold=True)
_WHEN = labels.Face(tabular=True)


def when_text(bookmark: Bookmark) -> str:
    """When a bookmark is, with its zone, and how long where it is a range."""
    zone, begin = bookmark.zone or "UTC", bookmark.span.begin
    text = f"{texts.stamp(begin, zone)} {texts.offset_text(begin, zone)}"
    if bookmark.span.empty:
        return text
    return f"{text} · {texts.duration_text(bookmark.span.seconds)}"


def _words(bookmark: Bookmark) -> str:
    """What a search looks through."""
    parts = (bookmark.title, bookmark.note, bookmark.place, when_text(bookmark))
    return " ".join((*parts, flags.name_of(bookmark.colour))).casefold()


class BookmarkModel(QAbstractListModel):
    """The bookmarks that fit a search, the newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[tuple[Bookmark, str], ...] = ()
        self._shown: list[Bookmark] = []
        self._wanted = ""

    @property
    def count(self) -> int:
        """How many there are, whether they fit or not."""
        return len(self._all)

    def set_bookmarks(self, bookmarks: Iterable[Bookmark]) -> None:
        """Shows these."""
        newest = sorted(bookmarks, key=lambda one: one.span.begin, reverse=True)
        self._all = tuple((one, _words(one)) for one in newest)
        self._filter()

    def search(self, text: str) -> None:
        """Shows those that hold every word of `text` anywhere."""
        self._wanted = text
        self._filter()

    def _filter(self) -> None:
        words = self._wanted.casefold().split()
        self.beginResetModel()
        self._shown = [one for one, text in self._all if all(word in text for word in words)]
        self.endResetModel()

    def bookmark(self, index: QModelIndex | QPersistentModelIndex) -> Bookmark | None:
        """What a row shows."""
        row = index.row()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def row_of(self, id: str) -> int:
        """The row of a bookmark; -1 where it is not shown."""
        return next((row for row, one in enumerate(self._shown) if one.id == id), -1)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        bookmark = self.bookmark(index)
        if bookmark is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return bookmark.title
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            colour = flags.name_of(bookmark.colour)
            said = [bookmark.title, when_text(bookmark), bookmark.place, colour, bookmark.note]
            if role == Qt.ItemDataRole.ToolTipRole:
                return plain.tip("\n".join(part for part in said if part))
            return listed(part for part in said if part)
        return None


class _Delegate(QStyledItemDelegate):
    """A flag in its colour, the title, and below it when and where."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(160, ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        model = index.model()
        bookmark = model.bookmark(index) if isinstance(model, BookmarkModel) else None
        if bookmark is None:
            return
        scheme, area = tokens.current(), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, scheme.selected)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, scheme.raised)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(flags.colour_of(bookmark.colour))
        left, top = area.left() + 10, area.top() + 7
        painter.drawPolygon(QPolygonF([QPointF(left + x, top + y) for x, y in _FLAG]))
        room = area.width() - 38
        lines = (
            (bookmark.title, _TITLE, scheme.text, 4, 18),
            (f"{when_text(bookmark)}  {bookmark.place}", _WHEN, scheme.dim, 22, 16),
        )
        for text, face, ink, down, high in lines:
            place = QRectF(QRect(left + 18, area.top() + down, room, high))
            labels.draw_in(painter, place, labels.elided(text, room, face), ink, face)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(scheme.accent, 1))
            painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -1.5, -0.5), 2, 2)
        painter.restore()


class BookmarksPanel(QWidget):
    """A search field over the list; what is wished leaves as a signal with its Bookmark."""

    chosen = Signal(object)
    """To be gone to."""
    edit_asked = Signal(object)
    delete_asked = Signal(object)
    undo_asked = Signal(object)
    """The Bookmark deleted last, to be kept again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gone: Bookmark | None = None
        self._build()
        self._connect()
        self._show_page()

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search bookmarks"))
        self.search.setAccessibleName(_("Search bookmarks"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.icon("search", "dim"), QLineEdit.ActionPosition.LeadingPosition)
        self.model = BookmarkModel()
        self.model.setParent(self)
        self.list = QListView()
        self.list.setAccessibleName(_("Bookmarks"))
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self._delegate = _Delegate(self.list)
        self.list.setItemDelegate(self._delegate)
        self.go = QPushButton(_("Go there"))
        self.edit = QPushButton(icons.icon("pencil"), _("Edit…"))
        self.delete = QPushButton(icons.icon("trash-2"), _("Delete"))
        self._keys()
        buttons = QHBoxLayout()
        for button in (self.go, self.edit, self.delete):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.gone = plain.label("", "dim", wrap=True)
        self.undo = QPushButton(_("Undo"))
        undone = QHBoxLayout()
        undone.addWidget(self.gone, 1)
        undone.addWidget(self.undo)
        self._empty = plain.label("", "dim", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(tokens.SPACE, tokens.GAP, tokens.SPACE, tokens.GAP)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(tokens.SPACE, tokens.SPACE, tokens.SPACE, tokens.SPACE)
        whole.setSpacing(tokens.SPACE)
        whole.addWidget(self.search)
        whole.addWidget(pages, 1)
        whole.addLayout(buttons)
        whole.addLayout(undone)
        self.gone.hide()
        self.undo.hide()

    def _keys(self) -> None:
        for words, key, act in (
            (_("Delete"), QKeySequence(QKeySequence.StandardKey.Delete), self._delete),
            (_("Undo"), QKeySequence(QKeySequence.StandardKey.Undo), self._undo),
            (_("Edit…"), QKeySequence(), self._edit),
        ):
            action = QAction(words, self.list)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(act)
            self.list.addAction(action)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        self.list.activated.connect(lambda _index: self._go())
        self.list.selectionModel().selectionChanged.connect(self._show_buttons)
        self.go.clicked.connect(self._go)
        self.edit.clicked.connect(self._edit)
        self.delete.clicked.connect(self._delete)
        self.undo.clicked.connect(self._undo)

    @property
    def current(self) -> Bookmark | None:
        """The chosen bookmark."""
        rows = self.list.selectionModel().selectedIndexes()
        return self.model.bookmark(rows[0]) if rows else None

    def set_bookmarks(self, bookmarks: Iterable[Bookmark]) -> None:
        """Shows all there are; the chosen one stays chosen."""
        before, row = self.current, self.list.currentIndex().row()
        self.model.set_bookmarks(bookmarks)
        if before is not None:
            found = self.model.row_of(before.id)
            self._choose(found if found >= 0 else min(row, self.model.rowCount() - 1))
        self._show_page()

    def choose(self, bookmark: Bookmark) -> None:
        """Makes a bookmark the chosen one, where it is shown."""
        self._choose(self.model.row_of(bookmark.id))

    def deleted(self, bookmark: Bookmark | None) -> None:
        """Offers to bring back what was deleted; None to offer it no longer."""
        self._gone = bookmark
        self.gone.setVisible(bookmark is not None)
        self.undo.setVisible(bookmark is not None)
        if bookmark is not None:
            self.gone.setText(_("Deleted “{title}”.").format(title=bookmark.title))

    def _choose(self, row: int) -> None:
        if row >= 0:
            self.list.setCurrentIndex(self.model.index(row))

    def _search(self, text: str) -> None:
        self.model.search(text)
        self._show_page()

    def _show_page(self) -> None:
        if self.model.rowCount():
            self._pages.setCurrentIndex(0)
        elif self.model.count:
            self._empty.setText(_("No bookmark has these words."))
            self._pages.setCurrentIndex(1)
        else:
            self._empty.setText(
                _("No bookmarks yet. Press B while a recording plays to keep its moment.")
            )
            self._pages.setCurrentIndex(1)
        self._show_buttons()

    def _show_buttons(self) -> None:
        there = self.current is not None
        for button in (self.go, self.edit, self.delete):
            button.setEnabled(there)

    def _go(self) -> None:
        if bookmark := self.current:
            self.chosen.emit(bookmark)

    def _edit(self) -> None:
        if bookmark := self.current:
            self.edit_asked.emit(bookmark)

    def _delete(self) -> None:
        if bookmark := self.current:
            self.delete_asked.emit(bookmark)

    def _undo(self) -> None:
        if self._gone is not None:
            self.undo_asked.emit(self._gone)

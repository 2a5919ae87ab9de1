"""How the window looks: two palettes and one sheet."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from allviewer.resources import resources_dir


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one look, as hex strings."""

    window: str
    panel: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    selected: str
    good: str
    warning: str
    warning_back: str
    info_back: str


LIGHT = Theme(
    window="#f3f4f6",
    panel="#ffffff",
    raised="#e9ecf0",
    border="#dadfe5",
    text="#1d2530",
    muted="#687483",
    accent="#2f5fc4",
    accent_hover="#2851ab",
    on_accent="#ffffff",
    selected="#dfe8fa",
    good="#1c7c4a",
    warning="#9a5200",
    warning_back="#fff3e0",
    info_back="#eaf1fd",
)
DARK = Theme(
    window="#1b1f24",
    panel="#22272e",
    raised="#2d333b",
    border="#373e47",
    text="#e3e7ec",
    muted="#939eab",
    accent="#6f9bf5",
    accent_hover="#86acf8",
    on_accent="#10151c",
    selected="#2c3d5c",
    good="#6cc99a",
    warning="#f0b468",
    warning_back="#3a2f1f",
    info_back="#242f42",
)


def current_theme() -> Theme:
    """The theme that goes with the system's colours."""
    dark = QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def apply_style(app: QApplication) -> None:
    """Dress the whole program, now and whenever the system changes between light and dark."""
    apply_colours(app)
    dress(app)


def apply_colours(app: QApplication) -> None:
    """All but the sheet: a widget that gets its parent under a sheet is gone through again for each of them."""
    app.setStyle("Fusion")
    app.setPalette(_palette(current_theme()))
    app.styleHints().colorSchemeChanged.connect(lambda _scheme: dress(app))


def dress(app: QApplication) -> None:
    """Palette and sheet as the system's look asks for."""
    theme = current_theme()
    app.setPalette(_palette(theme))
    app.setStyleSheet(_sheet(theme))


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.window,
        role.Text: theme.text,
        role.Button: theme.panel,
        role.ButtonText: theme.text,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent,
        role.Mid: theme.border,
        role.Light: theme.raised,
    }
    for name, colour in colours.items():
        palette.setColor(name, QColor(colour))
    faded = QColor(theme.muted)
    faded.setAlpha(150)
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, faded)
    return palette


def _sheet(t: Theme) -> str:
    down, up = ((resources_dir() / "icons" / f"arrow_{way}.svg").as_posix() for way in ("down", "up"))
    tick = (resources_dir() / "icons" / f"tick_{'dark' if t is DARK else 'light'}.svg").as_posix()
    down_light = (resources_dir() / "icons" / "arrow_light.svg").as_posix()
    return f"""
    QMainWindow, QDialog {{ background: {t.window}; }}
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; padding: 4px 6px; }}
    QMenuBar {{ background: {t.window}; padding: 1px 4px; }}
    QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {t.raised}; }}
    QMenu {{ background: {t.panel}; border: 1px solid {t.border}; padding: 4px; }}
    QMenu::item {{ padding: 5px 26px 5px 26px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {t.selected}; color: {t.text}; }}
    QMenu::item:disabled {{ color: {t.muted}; }}
    QMenu::separator {{ height: 1px; background: {t.border}; margin: 4px 8px; }}
    QMenu::icon {{ padding-left: 6px; }}
    #panel, #bar, #tools {{ background: {t.panel}; }}
    #bar {{ border-bottom: 1px solid {t.border}; }}
    #tools {{ border-right: 1px solid {t.border}; }}
    #left {{ background: {t.panel}; border-right: 1px solid {t.border}; }}
    #right {{ background: {t.panel}; border-left: 1px solid {t.border}; }}
    #status {{ background: {t.panel}; border-top: 1px solid {t.border}; }}
    #jobs {{ background: {t.panel}; border: 1px solid {t.border}; border-radius: 8px; }}
    #heading {{ color: {t.muted}; font-weight: 600; }}
    #muted {{ color: {t.muted}; }}
    #good {{ color: {t.good}; }}
    #warning {{ color: {t.warning}; }}
    #rule {{ background: {t.border}; border: none; }}
    #notice {{ background: {t.info_back}; border: 1px solid {t.border}; border-radius: 8px; }}
    #problem {{ background: {t.warning_back}; border: 1px solid {t.warning}; border-radius: 8px; }}
    #key {{ background: {t.raised}; color: {t.muted}; border-radius: 3px; padding: 0 4px; }}
    QCheckBox::indicator, QRadioButton::indicator {{ width: 14px; height: 14px; background: {t.panel};
        border: 1px solid {t.muted}; border-radius: 3px; }}
    QRadioButton::indicator {{ border-radius: 8px; }}
    QCheckBox::indicator:hover, QRadioButton::indicator:hover {{ border-color: {t.accent}; }}
    QCheckBox::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; image: url("{tick}"); }}
    QRadioButton::indicator:checked {{ border-color: {t.accent}; background: qradialgradient(cx: 0.5, cy: 0.5,
        radius: 0.5, fx: 0.5, fy: 0.5, stop: 0 {t.on_accent}, stop: 0.4 {t.on_accent}, stop: 0.5 {t.accent}); }}
    QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {t.border}; }}
    QCheckBox::indicator:checked:disabled {{ background: {t.muted}; }}
    QToolButton {{ border: none; border-radius: 5px; padding: 5px; background: transparent; }}
    QToolButton:hover {{ background: {t.raised}; }}
    QToolButton:checked {{ background: {t.selected}; }}
    QToolButton#tag {{ border: 1px solid {t.border}; border-radius: 9px; padding: 1px 8px; color: {t.muted}; }}
    QToolButton#tag:checked {{ background: {t.selected}; border-color: {t.accent}; color: {t.text}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QDialogButtonBox, QMessageBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QPushButton {{ background: {t.panel}; border: 1px solid {t.border}; border-radius: 5px; padding: 5px 12px; }}
    QPushButton:hover {{ background: {t.raised}; }}
    QPushButton:focus {{ border-color: {t.accent}; }}
    QPushButton:disabled {{ color: {t.muted}; background: {t.window}; }}
    QPushButton#quiet {{ background: transparent; border: none; color: {t.muted}; }}
    QPushButton#quiet:hover {{ color: {t.accent}; }}
    QPushButton#primary, QToolButton#primary {{
        background: {t.accent}; color: {t.on_accent}; border: 1px solid {t.accent};
        border-radius: 5px; padding: 5px 12px; font-weight: 600; }}
    QPushButton#primary:disabled, QToolButton#primary:disabled {{
        background: {t.raised}; border-color: {t.border}; color: {t.muted}; }}
    QToolButton#primary {{ padding-right: 24px; }}
    QToolButton#primary:hover, QPushButton#primary:hover {{ background: {t.accent_hover}; }}
    QToolButton#primary::menu-button {{ border: none; width: 22px; }}
    QToolButton#primary::menu-arrow {{ image: url("{down_light}"); width: 12px; height: 12px; }}
    QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox {{
        background: {t.panel}; border: 1px solid {t.border}; border-radius: 5px; padding: 3px 7px; min-height: 18px;
        selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QComboBox::drop-down {{ border: none; width: 18px; }}
    QComboBox::down-arrow {{ image: url("{down}"); width: 12px; height: 12px; }}
    QAbstractSpinBox QLineEdit {{ border: none; padding: 0 5px; background: transparent; }}
    QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button {{
        border: none; background: transparent; width: 18px; }}
    QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url("{up}"); width: 10px; height: 10px; }}
    QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{ image: url("{down}"); width: 10px; height: 10px; }}
    QComboBox:hover, QLineEdit:hover, QAbstractSpinBox:hover {{ border-color: {t.muted}; }}
    QComboBox:focus, QLineEdit:focus, QAbstractSpinBox:focus {{ border-color: {t.accent}; }}
    QComboBox QAbstractItemView {{ background: {t.panel}; border: 1px solid {t.border};
        selection-background-color: {t.selected}; selection-color: {t.text}; }}
    QAbstractItemView {{ background: {t.panel}; border: none; outline: none;
        selection-background-color: {t.selected}; selection-color: {t.text}; }}
    QTextBrowser, QPlainTextEdit, QDialog QListWidget {{ background: {t.panel}; border: 1px solid {t.border};
        border-radius: 5px; padding: 4px; }}
    QListWidget::item {{ border-radius: 4px; padding: 3px; }}
    QListWidget::item:selected {{ background: {t.selected}; color: {t.text}; }}
    QHeaderView::section {{ background: {t.panel}; color: {t.muted}; border: none;
        border-bottom: 1px solid {t.border}; padding: 4px 13px 4px 6px; }}
    QHeaderView::down-arrow {{ image: url("{down}"); width: 10px; height: 10px; subcontrol-position: center right; }}
    QHeaderView::up-arrow {{ image: url("{up}"); width: 10px; height: 10px; subcontrol-position: center right; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {t.border}; }}
    QTabBar::tab {{ background: transparent; color: {t.muted}; padding: 6px 12px; border: none;
        border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {t.text}; border-bottom-color: {t.accent}; }}
    QTabBar::tab:hover {{ color: {t.text}; }}
    QProgressBar {{ background: {t.raised}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
    QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
    QSlider::groove:horizontal {{ height: 4px; background: {t.raised}; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {t.accent}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ background: {t.panel}; border: 2px solid {t.accent}; width: 10px; height: 10px;
        margin: -5px 0; border-radius: 7px; }}
    QSplitter::handle {{ background: {t.border}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {t.border}; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }}
    QScrollBar::handle:hover {{ background: {t.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """


def bold(font: QFont) -> QFont:
    """The same font, heavier."""
    heavy = QFont(font)
    heavy.setWeight(QFont.Weight.DemiBold)
    return heavy

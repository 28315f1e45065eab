// SPDX-License-Identifier: GPL-3.0-or-later
#include "preferences_dialog.h"

#include "ui/support/language.h"
#include "ui/support/settings.h"
#include "ui/support/theme.h"
#include "ui/support/unit_text.h"
#include "ui/support/wrap_label.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QEvent>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>

namespace frameglass::ui {

namespace {

/// A limit: its setting, the unit in octets of its field, and the field's range in that unit.
struct LimitRow
{
    const Setting<qulonglong> *setting;
    qulonglong unit;
    int maximum;
    const char *suffix;
};

constexpr std::size_t limitCount = 11;
const std::array<LimitRow, limitCount> limitRows{{
    {&settings::limitHeadOctets, 1024, 16 * 1024, " KiB"},
    {&settings::limitHeadLines, 1, 100'000, ""},
    {&settings::limitFrameOctets, 1 << 20, 2000, " MiB"},
    {&settings::limitMessageOctets, 1 << 20, 2000, " MiB"},
    {&settings::limitInflatedOctets, 1 << 20, 2000, " MiB"},
    {&settings::limitFragments, 1, 100'000'000, ""},
    {&settings::limitBodyOctets, 1024, 1024 * 1024, " KiB"},
    {&settings::limitQueueOctets, 1 << 20, 2000, " MiB"},
    {&settings::limitStallSeconds, 1, 3600, " s"},
    {&settings::limitHandshakeSeconds, 1, 3600, " s"},
    {&settings::limitConnections, 1, 1'000'000, ""},
}};

} // namespace

protocol::Limits PreferencesDialog::limits()
{
    auto &store = Settings::instance();
    protocol::Limits limits;
    limits.headOctets = store.value(settings::limitHeadOctets);
    limits.headLines = store.value(settings::limitHeadLines);
    limits.framePayloadOctets = store.value(settings::limitFrameOctets);
    limits.messageOctets = store.value(settings::limitMessageOctets);
    limits.inflatedOctets = store.value(settings::limitInflatedOctets);
    limits.fragmentsPerMessage = std::uint32_t(store.value(settings::limitFragments));
    limits.bodyOctets = store.value(settings::limitBodyOctets);
    limits.queuedOutputOctets = store.value(settings::limitQueueOctets);
    limits.stalledOutputTime = std::chrono::seconds(store.value(settings::limitStallSeconds));
    limits.handshakeTime = std::chrono::seconds(store.value(settings::limitHandshakeSeconds));
    limits.connections = store.value(settings::limitConnections);
    return limits;
}

PreferencesDialog::PreferencesDialog(QWidget *parent)
    : QDialog(parent), m_pages(new QTabWidget(this)), m_look(new QWidget(this)), m_language(new QComboBox(this)),
      m_theme(new QComboBox(this)), m_zoom(new QSpinBox(this)), m_time(new QComboBox(this)),
      m_limits(new QWidget(this)), m_limitsNote(new WrapLabel(this)),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Close, this))
{
    auto &store = Settings::instance();
    m_language->setObjectName(QStringLiteral("language"));
    m_theme->setObjectName(QStringLiteral("theme"));
    m_time->setObjectName(QStringLiteral("timeFormat"));
    auto *look = new QFormLayout(m_look);
    m_languageLabel = addRow(look, m_language);
    m_themeLabel = addRow(look, m_theme);
    m_zoomLabel = addRow(look, m_zoom);
    m_timeLabel = addRow(look, m_time);
    for (const auto &entry : Language::available())
        m_language->addItem(entry.name, entry.code);
    m_language->setCurrentIndex(m_language->findData(Language::instance().current()));
    m_theme->addItems({QString(), QString(), QString()});
    m_theme->setCurrentIndex(int(Theme::instance().choice()));
    m_zoom->setRange(Theme::minimumZoom, Theme::maximumZoom);
    m_zoom->setSingleStep(10);
    m_zoom->setSuffix(QStringLiteral(" %"));
    m_zoom->setValue(Theme::instance().zoom());
    for (const TimeFormat format : timeFormats)
        m_time->addItem(textOf(format));
    m_time->setCurrentIndex(int(store.timeFormat()));

    // Two beside each other: in one column they would be higher than a screen where the text is large.
    auto *limits = new QGridLayout(m_limits);
    limits->setHorizontalSpacing(4 * Theme::space);
    limits->addWidget(m_limitsNote, 0, 0, 1, 4);
    for (const LimitRow &row : limitRows) {
        auto *value = new QSpinBox(this);
        value->setRange(1, row.maximum);
        value->setSuffix(QLatin1String(row.suffix));
        value->setGroupSeparatorShown(true);
        value->setValue(int(store.value(*row.setting) / row.unit));
        auto *label = new QLabel(this);
        label->setBuddy(value);
        const int place = static_cast<int>(m_limitFields.size());
        const int half = static_cast<int>(limitRows.size() + 1) / 2;
        limits->addWidget(label, 1 + place % half, place / half * 2);
        limits->addWidget(value, 1 + place % half, place / half * 2 + 1);
        m_limitFields.push_back({label, value});
        connect(value, &QSpinBox::valueChanged, this,
                [&row](int number) { Settings::instance().setValue(*row.setting, qulonglong(number) * row.unit); });
    }
    for (QComboBox *choice : {m_language, m_theme, m_time})
        choice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_pages->setObjectName(QStringLiteral("preferencePages"));
    m_pages->setDocumentMode(true);
    m_pages->addTab(m_look, {});
    m_pages->addTab(m_limits, {});
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_pages);
    layout->addWidget(m_buttons);

    connect(m_language, &QComboBox::activated, this, [this](int index) {
        const QString code = m_language->itemData(index).toString();
        Settings::instance().setValue(settings::language, code);
        Language::instance().apply(code);
    });
    connect(m_theme, &QComboBox::activated, this, [](int index) {
        Settings::instance().setValue(settings::theme, index);
        Theme::instance().apply(ThemeChoice(index));
    });
    connect(m_zoom, &QSpinBox::valueChanged, this, [](int percent) {
        Settings::instance().setValue(settings::zoom, percent);
        Theme::instance().setZoom(percent);
    });
    connect(m_time, &QComboBox::activated, this,
            [](int index) { Settings::instance().setValue(settings::timeFormat, index); });
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    retranslate();
}

QLabel *PreferencesDialog::addRow(QFormLayout *form, QWidget *field)
{
    auto *label = new QLabel(this);
    label->setBuddy(field);
    label->setMinimumHeight(field->sizeHint().height());
    form->addRow(label, field);
    return label;
}

void PreferencesDialog::retranslate()
{
    setWindowTitle(tr("Preferences"));
    m_pages->setTabText(0, tr("Look"));
    m_languageLabel->setText(tr("&Language"));
    m_themeLabel->setText(tr("&Theme"));
    m_theme->setItemText(0, tr("as the system"));
    m_theme->setItemText(1, tr("light"));
    m_theme->setItemText(2, tr("dark"));
    m_zoomLabel->setText(tr("Text &size"));
    m_timeLabel->setText(tr("T&imes"));
    for (const TimeFormat format : timeFormats)
        m_time->setItemText(int(format), textOf(format));
    m_pages->setTabText(1, tr("Limits"));
    m_limitsNote->setText(
        tr("What a peer can make Frameglass hold. For new connections and the next start of the server."));
    const std::array names{tr("Head"),
                           tr("Lines of a head"),
                           tr("Frame"),
                           tr("Message"),
                           tr("Message, inflated"),
                           tr("Fragments of a message"),
                           tr("Body of a refusal"),
                           tr("Unsent to a slow reader"),
                           tr("Time it has to go on"),
                           tr("Time for a request"),
                           tr("Connections of the server")};
    static_assert(std::tuple_size_v<decltype(names)> == limitCount);
    for (std::size_t i = 0; i < names.size(); ++i)
        m_limitFields[i].label->setText(names[i]);
    m_buttons->button(QDialogButtonBox::Close)->setText(tr("Close"));
}

void PreferencesDialog::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QDialog::changeEvent(event);
}

} // namespace frameglass::ui

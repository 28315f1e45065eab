// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_detail.h"

#include "hex_view.h"
#include "quiet_tree.h"

#include "core/diagnosis/wording.h"
#include "ui/models/record_row.h"
#include "ui/support/settings.h"
#include "ui/support/theme.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace frameglass::ui {

namespace {
constexpr int fieldRole = Qt::UserRole;
}

RecordDetail::RecordDetail(Document *document, Selection *selection, QWidget *parent)
    : QWidget(parent), m_document(document), m_selection(selection), m_splitter(new QSplitter(Qt::Horizontal, this)),
      m_tabs(new QTabWidget(this)), m_tree(new QuietTree(this)), m_text(new QPlainTextEdit(this)),
      m_hex(new HexView(this)), m_octetsTitle(new QLabel(this)), m_forms(new QButtonGroup(this)),
      m_bits(new QLabel(this)), m_cutBar(new QWidget(this)), m_cutText(new QLabel(this)),
      m_showAll(new QPushButton(this))
{
    m_tree->setObjectName(QStringLiteral("recordFields"));
    m_tree->setColumnCount(3);
    m_tree->setMouseTracking(true);
    m_text->setObjectName(QStringLiteral("recordText"));
    m_text->setReadOnly(true);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_hex->setObjectName(QStringLiteral("recordHex"));
    m_bits->setObjectName(QStringLiteral("recordBits"));
    m_bits->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_bits->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_bits->setWordWrap(true);
    m_octetsTitle->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_tree, {});
    m_tabs->addTab(m_text, {});

    auto *cut = new QHBoxLayout(m_cutBar);
    cut->setContentsMargins(2 * Theme::space, 0, Theme::space, 0);
    cut->addWidget(m_cutText, 1);
    cut->addWidget(m_showAll);
    m_cutText->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_cutBar->hide();

    auto *octets = new QWidget(this);
    auto *octetsLayout = new QVBoxLayout(octets);
    octetsLayout->setContentsMargins(0, 0, 0, 0);
    octetsLayout->setSpacing(0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(2 * Theme::space, 0, 2 * Theme::space, 0);
    head->addWidget(m_octetsTitle, 1);
    for (const auto &[form, name] : {std::pair{AsSent, "octetsAsSent"}, std::pair{Unmasked, "octetsUnmasked"},
                                     std::pair{Inflated, "octetsInflated"}}) {
        auto *button = new QToolButton(this);
        button->setObjectName(QString::fromLatin1(name));
        button->setCheckable(true);
        button->setAutoRaise(true);
        m_forms->addButton(button, form);
        head->addWidget(button);
    }
    m_forms->button(AsSent)->setChecked(true);
    octetsLayout->addLayout(head);
    octetsLayout->addWidget(m_hex, 1);
    m_bits->setContentsMargins(2 * Theme::space, Theme::space, 2 * Theme::space, Theme::space);
    octetsLayout->addWidget(m_bits);

    m_splitter->setObjectName(QStringLiteral("recordSplitter"));
    m_splitter->addWidget(m_tabs);
    m_splitter->addWidget(octets);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setSizes({400, 600});

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_splitter, 1);
    layout->addWidget(m_cutBar);

    connect(m_selection, &Selection::recordChanged, this, [this] { lightSelected(); });
    connect(m_hex, &HexView::hovered, this, &RecordDetail::hover);
    connect(m_hex, &HexView::clicked, this, [this](std::size_t offset) {
        if (form() == Inflated)
            return; // these octets stood nowhere on the wire
        const RecordField *field = fieldAt(m_fields, offset);
        const bool whole = field && field->length > 0 && field->firstBit < 0 && offset < headerOctets(*m_record);
        m_selection->setRecord(m_shown, whole ? field->offset : offset, whole ? field->length : 1);
    });
    connect(m_tree, &QTreeWidget::itemEntered, this, [this](QTreeWidgetItem *item) {
        const RecordField *field = fieldOf(item);
        const bool marks = field && form() != Inflated;
        m_hex->setMarked(marks ? field->offset : 0, marks ? field->length : 0);
    });
    connect(m_tree, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem *item) {
        const RecordField *field = item ? fieldOf(item) : nullptr;
        if (m_lighting || !field || m_shown == 0)
            return;
        m_selection->setRecord(m_shown, field->offset, field->length);
    });
    connect(m_forms, &QButtonGroup::idClicked, this, [this] { fillOctets(); });
    connect(m_showAll, &QPushButton::clicked, this, [this] {
        m_all = true;
        fill();
    });
    retranslate();
}

void RecordDetail::retranslate()
{
    m_tabs->setTabText(0, tr("Fields"));
    m_tabs->setTabText(1, tr("Text"));
    m_tree->setHeaderLabels({tr("Field"), tr("Value"), tr("Meaning")});
    m_tree->setAccessibleName(tr("Fields of the selected record"));
    m_text->setAccessibleName(tr("Payload as text"));
    m_hex->setAccessibleName(tr("Octets of the selected record"));
    const std::array forms{std::tuple{AsSent, tr("as sent"), tr("The octets of the frame as they stood on the wire")},
                           std::tuple{Unmasked, tr("unmasked"), tr("The frame with its payload after unmasking")},
                           std::tuple{Inflated, tr("inflated"), tr("What the compressed payload means")}};
    for (const auto &[form, text, tip] : forms) {
        m_forms->button(form)->setText(text);
        m_forms->button(form)->setToolTip(tip);
        m_forms->button(form)->setAccessibleName(tip);
    }
    m_showAll->setText(tr("Show all"));
    m_octetsTitle->setText(tr("Octets"));
    m_hex->setPlaceholder(tr("This record is no octets."));
    m_hex->setToolTip(tr("Point at an octet to read its bits; click to light its field."));
    if (m_record)
        fill();
    else
        clear(tr("Select a row to see its fields, its text and its octets."));
}

void RecordDetail::clear(const QString &text)
{
    m_shown = 0;
    m_record.reset();
    m_fields.clear();
    m_tree->clear();
    m_text->clear();
    m_text->setPlaceholderText(text);
    m_hex->setPlaceholder(text);
    m_hex->setOctets({});
    fillForms();
    m_bits->clear();
    m_cutBar->hide();
}

void RecordDetail::showRecord(capture::RecordId id)
{
    if (id == m_shown && m_record)
        return;
    m_all = false;
    std::optional<capture::Record> found;
    if (id != 0)
        found = m_document->reader().record(id, capture::Payloads::Full);
    if (!found) {
        clear(tr("Select a row to see its fields, its text and its octets."));
        return;
    }
    m_shown = id;
    m_record = withoutSecrets(std::move(*found));
    fill();
    lightSelected();
}

void RecordDetail::fill()
{
    m_hex->setPlaceholder(tr("This record is no octets."));
    fillFields();
    fillText();
    fillOctets();
    const std::size_t meant = frame() ? frame()->payloadMeant().size() : 0;
    const std::size_t longest = frame() ? std::max(meant, frame()->payload.size()) : 0;
    const bool isCut = longest > firstOctets && !m_all;
    const bool textIsCut = m_all && meant > maximumTextOctets;
    m_cutBar->setVisible(isCut || textIsCut);
    m_showAll->setVisible(isCut);
    if (isCut)
        m_cutText->setText(tr("The first %1 of %2 are shown.")
                               .arg(diagnosis::octetsText(firstOctets), diagnosis::octetsText(longest)));
    else if (textIsCut)
        m_cutText->setText(tr("All octets are shown; the text stops after %1 of %2.")
                               .arg(diagnosis::octetsText(maximumTextOctets), diagnosis::octetsText(meant)));
}

void RecordDetail::fillFields()
{
    QScopedValueRollback guard(m_lighting, true);
    const auto *facts = m_document->facts(m_record->connection);
    m_fields = fieldsOf(*m_record, facts ? facts->vantage() : capture::Vantage::Client);
    m_tree->clear();
    const QFont monospace = Theme::instance().monospace();
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        const RecordField &field = m_fields[i];
        auto *item = new QTreeWidgetItem(m_tree, {field.name, field.value, field.meaning});
        item->setData(0, fieldRole, static_cast<int>(i));
        item->setFont(1, monospace);
        for (int column = 0; column < 3; ++column)
            item->setToolTip(column, item->text(column));
        if (field.odd) {
            item->setText(0, QStringLiteral("✕ ") + field.name);
            item->setForeground(0, Theme::instance().tokens().fail);
        }
    }
    for (int column = 0; column < 2; ++column) {
        m_tree->resizeColumnToContents(column);
        m_tree->setColumnWidth(column, std::min(m_tree->columnWidth(column) + 2 * Theme::space,
                                                m_tree->fontMetrics().averageCharWidth() * 36));
    }
}

void RecordDetail::fillText()
{
    m_text->setFont(Theme::instance().monospace());
    protocol::OctetView octets;
    if (const auto *frame = capture::as<capture::FrameRecord>(*m_record)) {
        octets = frame->payloadMeant();
        if (frame->header.is(protocol::Opcode::Close) && octets.size() >= 2)
            octets = octets.subspan(2); // the code is among the fields
    } else if (const auto *head = capture::as<capture::HeadRecord>(*m_record)) {
        octets = head->raw;
    } else if (const auto *body = capture::as<capture::BodyRecord>(*m_record)) {
        octets = body->octets;
    }
    const std::size_t limit = m_all ? maximumTextOctets : firstOctets;
    const protocol::OctetView shown = octets.first(std::min(octets.size(), limit));
    const QByteArray text(reinterpret_cast<const char *>(shown.data()), static_cast<qsizetype>(shown.size()));
    QString pretty = shown.size() == octets.size() ? prettyJson(text) : QString();
    m_text->setPlaceholderText(tr("No text in this record."));
    m_text->setPlainText(pretty.isEmpty() ? QString::fromUtf8(text) : pretty);
}

const capture::FrameRecord *RecordDetail::frame() const
{
    return m_record ? capture::as<capture::FrameRecord>(*m_record) : nullptr;
}

/// The chosen form, or the first where the record does not have it.
RecordDetail::Form RecordDetail::form() const
{
    const auto chosen = static_cast<Form>(m_forms->checkedId());
    return m_forms->button(chosen)->isVisibleTo(this) ? chosen : AsSent;
}

void RecordDetail::fillForms()
{
    const bool masked = frame() && frame()->header.maskKey && !frame()->payload.empty();
    const bool inflated = frame() && frame()->inflated;
    m_forms->button(Unmasked)->setVisible(masked);
    m_forms->button(Inflated)->setVisible(inflated);
    m_forms->button(AsSent)->setVisible(masked || inflated);
}

void RecordDetail::fillOctets()
{
    fillForms();
    if (!m_record)
        return;
    const Form shown = form();
    protocol::Octets octets = shown == Inflated ? frame()->inflated->payload : wireOctets(*m_record);
    const std::size_t header = shown == Inflated ? 0 : headerOctets(*m_record);
    if (shown == Unmasked)
        std::copy(frame()->payload.begin(), frame()->payload.end(),
                  octets.begin() + static_cast<std::ptrdiff_t>(octets.size() - frame()->payload.size()));
    if (!m_all && octets.size() > header + firstOctets)
        octets.resize(header + firstOctets);
    m_octetsTitle->setText(shown == Inflated   ? tr("Payload inflated")
                           : shown == Unmasked ? tr("Octets, payload unmasked")
                                               : tr("Octets as sent"));
    m_hex->setLineEndingsVisible(!frame());
    m_hex->setOctets(std::move(octets), header);
    lightSelected();
}

void RecordDetail::lightSelected()
{
    if (!m_record || m_selection->record() != m_shown)
        return;
    QScopedValueRollback guard(m_lighting, true);
    const bool onTheWire = form() != Inflated;
    m_hex->setLit(onTheWire ? m_selection->offset() : 0, onTheWire ? m_selection->length() : 0);
    if (m_selection->length() == 0) {
        m_tree->setCurrentItem(nullptr);
        showBits(std::nullopt);
        return;
    }
    const RecordField *current = m_tree->currentItem() ? fieldOf(m_tree->currentItem()) : nullptr;
    const bool stays = current && current->offset == m_selection->offset() && current->length == m_selection->length();
    if (!stays)
        lightField(fieldAt(m_fields, m_selection->offset()));
    showBits(onTheWire ? std::optional(m_selection->offset()) : std::nullopt);
}

void RecordDetail::lightField(const RecordField *field)
{
    m_tree->setCurrentItem(field ? itemOf(field) : nullptr);
    if (field)
        m_tree->scrollToItem(itemOf(field));
}

void RecordDetail::hover(std::optional<std::size_t> offset)
{
    const bool onTheWire = form() != Inflated;
    const RecordField *field = offset && onTheWire ? fieldAt(m_fields, *offset) : nullptr;
    m_hex->setMarked(field ? field->offset : 0, field ? field->length : 0);
    if (offset)
        showBits(offset);
    else
        showBits(onTheWire && m_selection->length() > 0 ? std::optional(m_selection->offset()) : std::nullopt);
}

void RecordDetail::showBits(std::optional<std::size_t> offset)
{
    if (!offset || *offset >= m_hex->octets().size()) {
        m_bits->clear();
        m_bits->setToolTip({});
        return;
    }
    const std::vector<RecordField> none;
    m_bits->setText(bitsOf(form() == Inflated ? none : m_fields, *offset, m_hex->octets()[*offset]));
    m_bits->setToolTip(m_bits->text());
}

QTreeWidgetItem *RecordDetail::itemOf(const RecordField *field) const
{
    return m_tree->topLevelItem(static_cast<int>(field - m_fields.data()));
}

const RecordField *RecordDetail::fieldOf(const QTreeWidgetItem *item) const
{
    const auto index = static_cast<std::size_t>(item->data(0, fieldRole).toInt());
    return index < m_fields.size() ? &m_fields[index] : nullptr;
}

} // namespace frameglass::ui

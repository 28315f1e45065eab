// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/document.h"
#include "ui/models/record_fields.h"
#include "ui/support/selection.h"

#include <QWidget>

class QButtonGroup;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QSplitter;
class QTabWidget;
class QTreeWidgetItem;

namespace frameglass::ui {

class HexView;
class QuietTree;

/// What one record holds: its fields, its payload as text, its octets. A field lights its octets and an octet its
/// field, through the window's one selection. Large payloads are cut, and it says so.
class RecordDetail : public QWidget
{
    Q_OBJECT
public:
    RecordDetail(Document *document, Selection *selection, QWidget *parent = nullptr);

    void showRecord(capture::RecordId id);
    capture::RecordId record() const { return m_shown; }
    const std::vector<RecordField> &fields() const { return m_fields; }
    void retranslate();

private:
    /// What is shown of a payload before "Show all" is pressed.
    static constexpr std::size_t firstOctets = 64 * 1024;
    /// A text this long is all that a text pane can hold without making the window wait.
    static constexpr std::size_t maximumTextOctets = 8 * 1024 * 1024;

    void clear(const QString &text);
    void fill();
    void fillFields();
    void fillText();
    void fillOctets();
    void fillForms();
    const capture::FrameRecord *frame() const;
    void lightSelected();
    void lightField(const RecordField *field);
    void hover(std::optional<std::size_t> offset);
    void showBits(std::optional<std::size_t> offset);
    QTreeWidgetItem *itemOf(const RecordField *field) const;
    const RecordField *fieldOf(const QTreeWidgetItem *item) const;

    Document *m_document;
    Selection *m_selection;
    QSplitter *m_splitter;
    QTabWidget *m_tabs;
    QuietTree *m_tree;
    QPlainTextEdit *m_text;
    HexView *m_hex;
    /// In which form a frame's octets are shown: those that it has, on buttons side by side.
    enum Form { AsSent, Unmasked, Inflated };
    Form form() const;

    QLabel *m_octetsTitle;
    QButtonGroup *m_forms;
    QLabel *m_bits;
    QWidget *m_cutBar;
    QLabel *m_cutText;
    QPushButton *m_showAll;

    capture::RecordId m_shown = 0;
    std::optional<capture::Record> m_record;
    std::vector<RecordField> m_fields;
    bool m_all = false;
    bool m_lighting = false;
};

} // namespace frameglass::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/notice_bar.h"
#include "ui/windows/deflate_field.h"

#include <QCheckBox>
#include <QJsonObject>
#include <QLineEdit>
#include <QTest>

using namespace frameglass;
using namespace frameglass::ui;

class TestDeflateField : public QObject
{
    Q_OBJECT
private:
    static QLineEdit *line(DeflateField &field) { return field.findChild<QLineEdit *>(); }
    static QString fault(DeflateField &field) { return field.findChild<FaultLabel *>()->text(); }
    static QString header(const DeflateField &field)
    {
        std::vector<protocol::Extension> extensions;
        for (const auto &offer : field.offers())
            extensions.push_back(protocol::extensionOf(offer));
        return QString::fromStdString(protocol::formatExtensions(extensions));
    }

private slots:
    void aClientOffersNothingUnlessAsked()
    {
        DeflateField field(DeflateField::Side::Client);
        QVERIFY(field.validate());
        QCOMPARE(header(field), QString());
        field.box()->setChecked(true);
        QCOMPARE(header(field), QStringLiteral("permessage-deflate; client_max_window_bits"));
        line(field)->setText(QStringLiteral("server_max_window_bits=10, "));
        QVERIFY(field.validate());
        QCOMPARE(header(field), QStringLiteral("permessage-deflate; server_max_window_bits=10, permessage-deflate"));
    }

    void aFaultStandsBesideTheField()
    {
        DeflateField field(DeflateField::Side::Client);
        field.box()->setChecked(true);
        line(field)->setText(QStringLiteral("server_max_window_bits=99"));
        QVERIFY(!field.validate());
        QVERIFY2(fault(field).contains(QStringLiteral("server_max_window_bits=99")), qPrintable(fault(field)));
        field.box()->setChecked(false); // what is not used is not judged
        QVERIFY(field.validate());
        QCOMPARE(fault(field), QString());
    }

    void aServerAcceptsUnlessToldNotTo()
    {
        DeflateField field(DeflateField::Side::Server);
        QVERIFY(field.validate());
        QCOMPARE(field.preferences(), std::optional(protocol::DeflatePreferences{}));
        line(field)->setText(QStringLiteral("server_no_context_takeover; client_max_window_bits=9"));
        QVERIFY(field.validate());
        QVERIFY(field.preferences()->serverNoContextTakeover);
        QCOMPARE(field.preferences()->clientMaxWindowBits, std::optional(9));
        line(field)->setText(QStringLiteral("server_no_context_takeover, "));
        QVERIFY(!field.validate());
        field.box()->setChecked(false);
        QVERIFY(field.validate());
        QVERIFY(!field.preferences());
    }

    void whatWasChosenIsKept()
    {
        DeflateField field(DeflateField::Side::Client);
        field.box()->setChecked(true);
        line(field)->setText(QStringLiteral("client_no_context_takeover"));
        QJsonObject json;
        field.save(json);
        DeflateField again(DeflateField::Side::Client);
        again.restore(json);
        QCOMPARE(header(again), QStringLiteral("permessage-deflate; client_no_context_takeover"));
        DeflateField third(DeflateField::Side::Client);
        third.setOffers(again.offers());
        QCOMPARE(header(third), header(again));
        third.setOffers({});
        QCOMPARE(header(third), QString());
    }
};

QTEST_MAIN(TestDeflateField)
#include "tst_deflate_field.moc"

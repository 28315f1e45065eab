// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace frameglass::ui;

namespace {

double luminance(const QColor &colour)
{
    const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

/// WCAG 2.1 contrast ratio.
double contrast(const QColor &a, const QColor &b)
{
    const double x = luminance(a) + 0.05;
    const double y = luminance(b) + 0.05;
    return std::max(x, y) / std::min(x, y);
}

} // namespace

class TestTheme : public QObject
{
    Q_OBJECT
private slots:
    void cleanup()
    {
        Theme::instance().setZoom(100);
        Theme::instance().apply(ThemeChoice::Light);
    }

    void textIsReadable_data()
    {
        QTest::addColumn<int>("choice");
        QTest::newRow("light") << int(ThemeChoice::Light);
        QTest::newRow("dark") << int(ThemeChoice::Dark);
    }

    void textIsReadable()
    {
        QFETCH(int, choice);
        Theme::instance().apply(ThemeChoice(choice));
        const Tokens &t = Theme::instance().tokens();
        QVERIFY(contrast(t.text, t.surface) >= 7);
        QVERIFY(contrast(t.text, t.raised) >= 7);
        for (const QColor &colour : {t.quiet, t.sent, t.received, t.control, t.pass, t.info, t.warn, t.fail, t.accent})
            QVERIFY2(contrast(colour, t.surface) >= 4.5, qPrintable(colour.name()));
        QVERIFY(contrast(QApplication::palette().color(QPalette::HighlightedText), t.accent) >= 4.5);
    }

    void theSwitchIsAtOnce()
    {
        Theme::instance().apply(ThemeChoice::Light);
        QSignalSpy changed(&Theme::instance(), &Theme::changed);
        Theme::instance().apply(ThemeChoice::Dark);
        QCOMPARE(changed.size(), 1);
        QVERIFY(Theme::instance().isDark());
        QCOMPARE(QApplication::palette().color(QPalette::Base), QColor(0x1b1d21));
        QCOMPARE(QApplication::palette().color(QPalette::WindowText), QColor(0xe8eaed));
    }

    void zoomStaysInRange()
    {
        const double normal = QApplication::font().pointSizeF();
        Theme::instance().setZoom(500);
        QCOMPARE(Theme::instance().zoom(), Theme::maximumZoom);
        QCOMPARE(QApplication::font().pointSizeF(), normal * 2);
        QVERIFY(Theme::instance().rowPixels() > Theme::rowHeight);
        QCOMPARE(Theme::instance().monospace().pointSizeF(), normal * 2);
        Theme::instance().setZoom(1);
        QCOMPARE(Theme::instance().zoom(), Theme::minimumZoom);
    }

    void everySymbolHasAMaskAndTakesTheThemesColour()
    {
        for (int i = 0; i <= int(Icon::Retry); ++i) {
            const QIcon symbol = icon(Icon(i));
            for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
                Theme::instance().apply(choice);
                const QImage image = symbol.pixmap(QSize(16, 16)).toImage();
                QVERIFY2(!image.isNull(), qPrintable(QString::number(i)));
                int strongest = 0;
                QColor found;
                for (int y = 0; y < image.height(); ++y) {
                    for (int x = 0; x < image.width(); ++x) {
                        if (qAlpha(image.pixel(x, y)) > strongest) {
                            strongest = qAlpha(image.pixel(x, y));
                            found = image.pixelColor(x, y);
                        }
                    }
                }
                QVERIFY2(strongest > 100, qPrintable(QString::number(i)));
                const QColor wanted = Theme::instance().tokens().text;
                QVERIFY2(std::abs(found.red() - wanted.red()) < 6, qPrintable(QString::number(i)));
            }
        }
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "report_document.h"

/// Internal to diagnosis: one function a form.
namespace frameglass::diagnosis {

QByteArray textReport(const ReportDocument &document);
QByteArray jsonReport(const ReportDocument &document);
QByteArray junitReport(const ReportDocument &document);
QByteArray sarifReport(const ReportDocument &document);
QByteArray markdownReport(const ReportDocument &document);
QByteArray htmlReport(const ReportDocument &document);

/// "Frameglass 0.1.0"
QString programText();

} // namespace frameglass::diagnosis

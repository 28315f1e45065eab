// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "check.h"

#include <vector>

/// Internal to diagnosis: the rows of each phase in catalogue order. check.cpp joins them into the table.
namespace frameglass::diagnosis {

std::vector<Check> targetUrlChecks(); ///< phase 0, with the next
std::vector<Check> targetChecks();
std::vector<Check> dnsChecks(); ///< phase 1, with the next
std::vector<Check> dnsRecordChecks();
std::vector<Check> tcpChecks(); ///< phase 2, with the next
std::vector<Check> tcpLifeChecks();
std::vector<Check> tlsChecks();          ///< phase 3
std::vector<Check> requestChecks();      ///< phase 4
std::vector<Check> responseChecks();     ///< phase 5
std::vector<Check> intermediaryChecks(); ///< phase 6
std::vector<Check> frameChecks();        ///< phase 7, with the next
std::vector<Check> frameSequenceChecks();
std::vector<Check> extensionChecks(); ///< phase 8, with the next
std::vector<Check> compressionChecks();
std::vector<Check> messageChecks();   ///< phase 9
std::vector<Check> heartbeatChecks(); ///< phase 10, with the next two
std::vector<Check> heartbeatIntervalChecks();
std::vector<Check> heartbeatTogetherChecks();
std::vector<Check> flowChecks();  ///< phase 11
std::vector<Check> closeChecks(); ///< phase 12, with the next
std::vector<Check> closeCodeChecks();
std::vector<Check> closeTogetherChecks();
std::vector<Check> reconnectChecks(); ///< phase 13, with the next two
std::vector<Check> reconnectRateChecks();
std::vector<Check> reconnectCauseChecks();
std::vector<Check> drainChecks();          ///< phase 14
std::vector<Check> securityChecks();       ///< phase 16
std::vector<Check> serverEvidenceChecks(); ///< phase 17
std::vector<Check> statisticsChecks();     ///< phase 18
std::vector<Check> evidenceChecks();       ///< phase 19

} // namespace frameglass::diagnosis

// For tests: an auditor's view of a log, and the auditors of three States who look at it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "certs/principal.h"
#include "gtest/gtest.h"
#include "node/audit/auditor.h"
#include "node/audit/test_log.h"
#include "node/base/matchers.h"
#include "node/exchange/test_node.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::audit {

using exchange::kKyrgyz;
using exchange::kUzbek;

inline std::vector<uint64_t> Indices(const v1::ListEntriesResponse& response) {
  std::vector<uint64_t> indices;
  for (const v1::IndexedEntry& entry : response.entries()) indices.push_back(entry.position().index());
  return indices;
}

class AuditorTest : public ::testing::Test {
 protected:
  std::vector<uint64_t> List(const certs::Principal& caller, const v1::ListEntriesRequest& request = {}) {
    const absl::StatusOr<v1::ListEntriesResponse> response = auditor_.ListEntries(caller, request);
    EXPECT_OK(response);
    return response.ok() ? Indices(*response) : std::vector<uint64_t>();
  }

  // All messages of an audit.
  std::vector<v1::VerifyLogResponse> Verify(const certs::Principal& caller) {
    std::vector<v1::VerifyLogResponse> sent;
    EXPECT_OK(auditor_.VerifyLog(caller, [&](const v1::VerifyLogResponse& response) {
      sent.push_back(response);
      return true;
    }));
    return sent;
  }

  TestLog log_;
  const Auditor auditor_ = log_.MakeAuditor();
  const certs::Principal own_ = AuditorOf("KAZ/prosecutor-general");
  const certs::Principal kyrgyz_ = AuditorOf("KGZ/prosecutor-general");
  const certs::Principal uzbek_ = AuditorOf("UZB/prosecutor-general");
};

}  // namespace tamga::audit

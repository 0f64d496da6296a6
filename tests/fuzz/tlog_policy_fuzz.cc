// Trust policies: any bytes are a policy or a list of mistakes, and a policy's quorum is reached by all its witnesses.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "node/base/check.h"
#include "node/ledger/tlog_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto policy = tamga::ledger::ParseTlogPolicy({reinterpret_cast<const char*>(data), size});
  if (!policy.ok()) {
    TAMGA_CHECK(!policy.status().message().empty());
    return 0;
  }
  std::set<std::string> all;
  for (const auto& [name, key] : policy->witnesses) all.insert(name);
  TAMGA_CHECK(policy->IsQuorum(all));
  TAMGA_CHECK(policy->quorum.empty() || !policy->IsQuorum({}));
  return 0;
}

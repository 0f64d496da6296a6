// Ratified treaties for tests: acts signed by treaty offices whose keys follow from the State's name.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "certs/ed25519.h"
#include "node/treaty/treaty_library.h"

namespace tamga::treaty {

certs::Ed25519Key TestOfficeKey(const std::string& state);
v1::TreatyOffice TestOffice(const std::string& state);
Offices TestOffices(const std::vector<std::string>& states);

// The act that follows `acts` in the State's register, signed by its test office.
v1::SignedAct SignNextAct(const std::string& state, const std::vector<v1::SignedAct>& acts, std::string instrument);

struct TestTreaty {
  std::string text;
  std::vector<std::string> bound = {};  // States; empty: every party
};

// The treaties, and acts by which those States are bound since that day. Ends the test program as RatifiedLibrary does.
TreatySources RatifiedSources(const std::vector<TestTreaty>& treaties, const std::string& since = "2000-01-01");

// Treaties by which those States are bound since that day, without any skew of clocks. Ends the test program if a text
// is not a valid treaty; their entry into force must be STATED.
TreatyLibrary RatifiedLibrary(const std::vector<TestTreaty>& treaties, const std::string& since = "2000-01-01");

// Copies the repository's treaties from `policy_folder` (policy/) to `out` and signs the acts of these States into
// registers there; the offices go into out/offices/KAZ.txtpb. `treaties`: only these files and the acts about them;
// empty: all.
absl::Status SignRepositoryTreaties(const std::string& policy_folder, const std::string& out,
                                    const std::vector<std::string>& states,
                                    const std::vector<std::string>& treaties = {});

}  // namespace tamga::treaty

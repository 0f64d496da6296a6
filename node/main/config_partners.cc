// Whom this node exchanges with, and whose auditors it serves.
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/text.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

// True for an agency in form whose State has a trust bundle.
bool CheckServed(const std::string& field, const std::string& agency, const v1::NodeConfig& config,
                 Mistakes& mistakes) {
  if (const absl::Status form = CheckAgency(field, agency); !form.ok()) {
    mistakes.Add(form);
    return false;
  }
  const std::string state = StateOf(agency);
  if (HasBundle(config, state)) return true;
  mistakes.Add(field, absl::StrCat("there are no roots of trust for ", state, "; add its bundle to trust_bundles"));
  return false;
}

}  // namespace

std::map<std::string, ledger::NoteKey> CheckPartners(const v1::NodeConfig& config, Mistakes& mistakes) {
  std::map<std::string, ledger::NoteKey> logs;
  std::set<std::string> agencies;
  std::set<std::string> log_names = {config.log().origin()};
  for (int i = 0; i < config.partners_size(); ++i) {
    const v1::Partner& partner = config.partners(i);
    const std::string field = absl::StrCat("partners[", i, "]");
    const std::string agency_field = absl::StrCat(field, ".agency");
    if (CheckServed(agency_field, partner.agency(), config, mistakes)) {
      if (partner.agency() == config.agency()) {
        mistakes.Add(agency_field, "is this node's own; name other agencies only");
      } else if (!agencies.insert(partner.agency()).second) {
        mistakes.Add(agency_field, absl::StrCat(partner.agency(), " is there twice; an agency has one node"));
      }
    }
    CheckPartnerAddress(absl::StrCat(field, ".address"), partner.address(), mistakes);

    const std::string vkey_field = absl::StrCat(field, ".log_vkey");
    if (!mistakes.Require(vkey_field, partner.log_vkey(), "ask the partner for its log's verification key")) continue;
    absl::StatusOr<ledger::NoteKey> key = ledger::ParseVkey(partner.log_vkey());
    if (!key.ok()) {
      mistakes.Add(vkey_field, absl::StrCat(key.status().message(), "; copy the partner's key as it gave it"));
    } else if (!log_names.insert(key->name).second) {
      mistakes.Add(vkey_field, absl::StrCat("another log is named ", key->name, "; each log needs a name of its own"));
    } else {
      logs.emplace(partner.agency(), *std::move(key));
    }
  }
  return logs;
}

void CheckAuditors(const v1::NodeConfig& config, Mistakes& mistakes) {
  std::set<std::string> agencies;
  for (int i = 0; i < config.auditor_agencies_size(); ++i) {
    const std::string& agency = config.auditor_agencies(i);
    const std::string field = absl::StrCat("auditor_agencies[", i, "]");
    if (CheckServed(field, agency, config, mistakes) && !agencies.insert(agency).second) {
      mistakes.Add(field, absl::StrCat(agency, " is there twice; name it once"));
    }
  }
}

}  // namespace tamga::node

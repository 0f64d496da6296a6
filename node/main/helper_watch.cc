#include "node/main/helper_watch.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/log.h"

namespace tamga::node {
namespace {

constexpr std::chrono::seconds kInterval{10};
constexpr absl::Duration kBetweenReminders = absl::Hours(1);

}  // namespace

std::vector<NamedHelper> HelpersOf(const std::shared_ptr<const certs::Seal>& seal, const ExtraSeals& extra_seals) {
  std::vector<NamedHelper> helpers;
  // The seal lives as long as whoever looks at its helper.
  if (seal->helper() != nullptr) {
    helpers.push_back({"seal", std::shared_ptr<const certs::KeyHelper>(seal, seal->helper())});
  }
  for (const auto& [algorithm, helper] : extra_seals.helpers) helpers.push_back({algorithm, helper});
  return helpers;
}

std::vector<v1::HelperStatus> StatusOf(const std::vector<NamedHelper>& helpers) {
  std::vector<v1::HelperStatus> statuses;
  for (const NamedHelper& named : helpers) {
    const certs::KeyHelper::Facts facts = named.helper->facts();
    v1::HelperStatus& status = statuses.emplace_back();
    status.set_what(named.what);
    status.set_where(facts.where);
    if (facts.last_success != absl::InfinitePast()) *status.mutable_last_success() = ToProto(facts.last_success);
    if (facts.last_failure != absl::InfinitePast()) *status.mutable_last_failure() = ToProto(facts.last_failure);
    status.set_fault(facts.fault);
    status.set_level(facts.fault.empty() ? v1::EXPIRY_LEVEL_FINE : v1::EXPIRY_LEVEL_ALARM);
  }
  return statuses;
}

void HelperLook::Look() {
  std::map<std::string, absl::Time> said;  // those that are gone are forgotten
  for (const NamedHelper& named : helpers_()) {
    named.helper->Check();
    const certs::KeyHelper::Facts facts = named.helper->facts();
    const std::string name = absl::StrCat(named.what, " ", facts.where);
    const auto before = said_.find(name);
    if (facts.fault.empty()) {
      if (before != said_.end()) {
        Log(Severity::kInfo, "key helper answers again", {{"what", named.what}, {"where", facts.where}});
      }
      continue;
    }
    const absl::Time now = clock_.Now();
    // A clock that was set back silences nothing.
    const bool is_old = before != said_.end() && now >= before->second && now - before->second < kBetweenReminders;
    said[name] = is_old ? before->second : now;
    if (is_old) continue;
    Log(Severity::kError, "key helper fails", {{"what", named.what}, {"where", facts.where}, {"detail", facts.fault}});
  }
  said_ = std::move(said);
}

HelperWatch::HelperWatch(HelperLook::Helpers helpers, const Clock& clock)
    : look_(std::move(helpers), clock), thread_(kInterval, RepeatingThread::First::kAtOnce, [this] { look_.Look(); }) {}

}  // namespace tamga::node

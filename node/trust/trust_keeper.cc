#include "node/trust/trust_keeper.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/refusal.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/trust/named_roots.h"
#include "node/trust/root_record.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::trust {
namespace {

constexpr char kRecordKind[] = "trust";
constexpr char kRecordId[] = "roots";

constexpr absl::Duration kLogAgainAfter = absl::Seconds(5);
constexpr absl::Duration kQuickestPace = absl::Minutes(1);
constexpr absl::Duration kSlowestPace = absl::Hours(24);

std::string PemOf(const certs::CertificateChain& roots) {
  std::string pem;
  for (const certs::Certificate& root : roots) absl::StrAppend(&pem, root.Pem());
  return pem;
}

}  // namespace

TrustKeeper::TrustKeeper(TrustKeeperParts parts)
    : parts_(std::move(parts)), configured_(parts_.trust.Get()), refusals_(parts_.clock) {
  for (const std::string& state : configured_->States()) believed_[state] = PemOf(configured_->RootsOf(state));
  wanted_ = believed_;
  Rebuild();
}

absl::Status TrustKeeper::CheckConfiguredRoots() const {
  const std::shared_ptr<const treaty::TreatyLibrary> library = parts_.treaties.Get();
  for (const auto& [state, roots] : configured_->roots()) {
    RETURN_IF_ERROR(CheckNamedRoots(*library, state, roots, parts_.clock.Now()));
  }
  return absl::OkStatus();
}

void TrustKeeper::ReadBundles() {
  const std::shared_ptr<const treaty::TreatyLibrary> library = parts_.treaties.Get();
  Bundles found;
  for (const std::string& state : configured_->States()) {
    const auto acts = library->registers.find(state);
    if (acts == library->registers.end()) continue;
    std::optional<policy::Bundle> bundle = policy::BundleAt(acts->second, parts_.clock.Now());
    if (bundle) found[state] = *std::move(bundle);
  }
  MutexLock lock(mutex_);
  bundles_ = std::move(found);
}

TrustKeeper::Bundles TrustKeeper::bundles() const {
  MutexLock lock(mutex_);
  return bundles_;
}

std::map<std::string, absl::Time> TrustKeeper::TrustedUntil() const {
  std::map<std::string, absl::Time> until;
  for (const auto& [state, bundle] : bundles()) until.insert(bundle.trusted_until.begin(), bundle.trusted_until.end());
  return until;
}

absl::Duration TrustKeeper::PaceOf(const std::string& state, absl::Duration usual) const {
  MutexLock lock(mutex_);
  const auto found = bundles_.find(state);
  if (found == bundles_.end()) return usual;
  return std::clamp(absl::Seconds(found->second.refresh_hint_s), kQuickestPace, kSlowestPace);
}

TrustKeeper::Roots TrustKeeper::WantedRoots(const Bundles& bundles) const {
  Roots wanted;
  for (const auto& [state, configured] : configured_->roots()) {
    const auto bundle = bundles.find(state);
    const certs::CertificateChain& roots = bundle == bundles.end() ? configured : bundle->second.roots;
    if (!roots.empty()) wanted[state] = PemOf(roots);
  }
  return wanted;
}

std::shared_ptr<const certs::TrustStore> TrustKeeper::BelieveRoots(const Roots& wanted) {
  std::shared_ptr<const certs::TrustStore> believed = parts_.trust.Get();
  for (const std::string& state : configured_->States()) {
    Roots next = believed_;
    const auto roots = wanted.find(state);
    if (roots == wanted.end()) {
      next.erase(state);
    } else {
      next[state] = roots->second;
    }
    if (next == believed_) continue;
    absl::StatusOr<certs::TrustStore> store = configured_->WithRoots({next.begin(), next.end()});
    if (!store.ok()) {
      Log(Severity::kError, "roots not taken over",
          {{"state", state}, {"detail", std::string(store.status().message())}});
      continue;
    }
    believed_ = std::move(next);
    believed = std::make_shared<const certs::TrustStore>(*std::move(store));
  }
  return believed;
}

void TrustKeeper::Refresh() {
  bool is_changed = false;
  {
    MutexLock lock(rebuilding_);
    ReadBundles();
    is_changed = wanted_ != WantedRoots(bundles());
  }
  if (is_changed) Rebuild();
  const absl::Time now = parts_.clock.Now();
  {
    MutexLock lock(logging_);
    if (absl::AbsDuration(now - log_failed_at_) < kLogAgainAfter) return;
  }
  const absl::Status logged = LogChangedRoots();
  if (!logged.ok()) {
    Log(Severity::kError, "changed roots not logged", {{"detail", std::string(logged.message())}});
  }
  MutexLock lock(logging_);
  log_failed_at_ = logged.ok() ? absl::InfinitePast() : now;
}

absl::Status TrustKeeper::LogChangedRoots() {
  MutexLock lock(logging_);
  const std::string text = RootsText(*parts_.trust.Get());
  if (logged_ == text) return absl::OkStatus();
  const std::string digest = Sha256(text);
  absl::StatusOr<store::Record> before = parts_.records.Get(kRecordKind, kRecordId);
  if (!before.ok() && !absl::IsNotFound(before.status())) return before.status();
  const absl::Time now = parts_.clock.Now();
  if (!before.ok()) {
    // The first start is no change: from here on it would be one.
    RETURN_IF_ERROR(parts_.sequencer.Commit(parts_.records.Put(kRecordKind, kRecordId, 0, text, now)));
  } else if (before->body != text && before->body != digest) {  // a digest is what the record once was
    v1::LogEntry entry;
    entry.set_version(1);
    entry.set_kind(v1::ENTRY_KIND_TRUST_CHANGED);
    entry.set_exchange_id(NewUuidV7(now, parts_.rng));
    entry.set_own(parts_.own_agency);
    entry.set_partner(parts_.own_agency);
    *entry.mutable_logged_at() = tamga::ToProto(now);
    entry.set_trust_sha256(digest);
    ledger::Submission submission;
    submission.entry = entry.SerializeAsString();
    submission.effects = parts_.records.Put(kRecordKind, kRecordId, before->version, text, now);
    RETURN_IF_ERROR(parts_.sequencer.Append(std::move(submission)).status());
    SayChanged(ChangedStates(before->body, text), digest);
  }
  logged_ = text;
  return absl::OkStatus();
}

void TrustKeeper::SayChanged(const std::set<std::string>& states, const std::string& digest) const {
  const Bundles acts = bundles();
  for (const std::string& state : states) {
    const auto act = acts.find(state);
    Log(Severity::kWarning, "roots changed",
        {{"state", state},
         {"by", act == acts.end() ? "roots_file" : absl::StrCat("act ", act->second.number)},
         {"trust_sha256", HexEncode(digest)}});
  }
}

TakenLists TrustKeeper::Take(const std::vector<RevocationList>& lists, const std::string& brought_by) {
  TakenLists result;
  for (const RevocationList& list : lists) {
    const absl::StatusOr<bool> taken = parts_.book.Take(list, brought_by);
    if (taken.ok()) {
      result.taken += *taken ? 1 : 0;
      continue;
    }
    result.refused.push_back(taken.status());
    // What is wrong with an own file has its line already (see ListWatch).
    if (ReasonOf(taken.status()) == certs::kRevocationStale || brought_by == parts_.own_agency) continue;
    // A partner brings as many as it likes.
    const std::optional<int64_t> count = refusals_.Count(absl::StrCat(brought_by, " ", ReasonOf(taken.status())));
    if (!count) continue;
    Log(Severity::kWarning, "revocation list refused",
        {{"state", list.state},
         {"brought_by", brought_by},
         {"count", *count},
         {"reason", ReasonOf(taken.status())},
         {"detail", std::string(taken.status().message())}});
  }
  if (result.taken > 0) Rebuild();
  return result;
}

void TrustKeeper::Rebuild() {
  MutexLock lock(rebuilding_);
  ReadBundles();
  std::shared_ptr<const certs::TrustStore> roots = parts_.trust.Get();
  if (Roots wanted = WantedRoots(bundles()); wanted != wanted_) {
    roots = BelieveRoots(wanted);
    wanted_ = std::move(wanted);
  }
  std::set<std::string> not_required;
  for (const std::string& state : roots->States()) {
    if (!IsRequired(state)) not_required.insert(state);
  }
  parts_.trust.Replace(std::make_shared<const certs::TrustStore>(
      roots->With(parts_.book.Revocations(), std::move(not_required), parts_.rules.stale_after)));
}

bool TrustKeeper::IsRequired(const std::string& state) const {
  return parts_.rules.required || parts_.rules.listed.count(state) > 0;
}

v1::GetTrustResponse TrustKeeper::Describe() const {
  v1::GetTrustResponse response;
  const std::shared_ptr<const certs::TrustStore> trust = parts_.trust.Get();
  const std::vector<HeldList> lists = parts_.book.Lists();
  const Bundles acts = bundles();
  for (const std::string& name : trust->States()) {
    v1::StateTrust& state = *response.add_states();
    state.set_state(name);
    state.set_lists_required(IsRequired(name));
    const auto act = acts.find(name);
    if (act != acts.end()) {
      state.set_act_number(act->second.number);
      state.set_refresh_hint_s(act->second.refresh_hint_s);
    }
    for (const certs::Certificate& root : trust->RootsOf(name)) {
      v1::TrustedRoot& described = *state.add_roots();
      described.set_sha256(Sha256(root.Der()));
      *described.mutable_not_after() = tamga::ToProto(root.NotAfter());
      described.set_certificate(root.Der());
      if (act == acts.end()) continue;
      const auto until = act->second.trusted_until.find(described.sha256());
      if (until != act->second.trusted_until.end()) *described.mutable_trusted_until() = tamga::ToProto(until->second);
    }
    for (const HeldList& held : lists) {
      if (held.list.state != name) continue;
      v1::HeldRevocations& described = *state.add_lists();
      described.set_issuer_key_sha256(held.list.chain.front().SpkiSha256());
      described.set_crl_sha256(held.sha256);
      *described.mutable_this_update() = tamga::ToProto(held.list.list.ThisUpdate());
      *described.mutable_next_update() = tamga::ToProto(held.list.list.NextUpdate());
      described.set_revoked(static_cast<uint32_t>(held.list.list.size()));
    }
  }
  return response;
}

}  // namespace tamga::trust

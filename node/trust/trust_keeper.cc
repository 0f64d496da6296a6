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
#include "policy/bundle.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::trust {
namespace {

constexpr char kRecordKind[] = "trust";
constexpr char kRecordId[] = "roots";

// SHA-256 over the States, in the order of their codes, and the SHA-256 of their roots, in theirs.
std::string DigestOf(const certs::TrustStore& trust) {
  std::string text;
  for (const std::string& state : trust.States()) {
    std::vector<std::string> roots;
    for (const certs::Certificate& root : trust.RootsOf(state)) roots.push_back(Sha256(root.Der()));
    std::sort(roots.begin(), roots.end());
    absl::StrAppend(&text, state, " ", roots.size(), "\n");
    for (const std::string& root : roots) absl::StrAppend(&text, HexEncode(root), "\n");
  }
  return Sha256(text);
}

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
  for (const std::string& state : configured_->States()) {
    const auto acts = library->registers.find(state);
    if (acts == library->registers.end() || !policy::BundleAt(acts->second, parts_.clock.Now())) continue;
    const std::set<std::string> named = policy::RootsEverNamed(acts->second);
    for (const certs::Certificate& root : configured_->RootsOf(state)) {
      if (named.count(Sha256(root.Der())) > 0) continue;
      return Error(absl::StatusCode::kFailedPrecondition, "TRUST_CONTRADICTED",
                   absl::StrCat("the roots_file of ", state, " holds a root (SHA-256 ", HexEncode(Sha256(root.Der())),
                                ") that the State has never named in its register; take it out, or ask the State"));
    }
  }
  return absl::OkStatus();
}

TrustKeeper::Roots TrustKeeper::WantedRoots() const {
  const std::shared_ptr<const treaty::TreatyLibrary> library = parts_.treaties.Get();
  Roots wanted;
  for (const std::string& state : configured_->States()) {
    certs::CertificateChain roots = configured_->RootsOf(state);
    if (const auto acts = library->registers.find(state); acts != library->registers.end()) {
      std::optional<policy::Bundle> bundle = policy::BundleAt(acts->second, parts_.clock.Now());
      if (bundle) roots = std::move(bundle->roots);
    }
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
    is_changed = wanted_ != WantedRoots();
  }
  if (!is_changed) return;
  Rebuild();
  if (const absl::Status logged = LogChangedRoots(); !logged.ok()) {
    Log(Severity::kError, "changed roots not logged", {{"detail", std::string(logged.message())}});
  }
}

absl::Status TrustKeeper::LogChangedRoots() {
  MutexLock lock(logging_);
  const std::string digest = DigestOf(*parts_.trust.Get());
  absl::StatusOr<store::Record> before = parts_.records.Get(kRecordKind, kRecordId);
  if (!before.ok() && !absl::IsNotFound(before.status())) return before.status();
  if (before.ok() && before->body == digest) return absl::OkStatus();
  const absl::Time now = parts_.clock.Now();
  // The first start is no change: from here on it would be one.
  if (!before.ok()) return parts_.sequencer.Commit(parts_.records.Put(kRecordKind, kRecordId, 0, digest, now));
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
  submission.effects = parts_.records.Put(kRecordKind, kRecordId, before->version, digest, now);
  RETURN_IF_ERROR(parts_.sequencer.Append(std::move(submission)).status());
  Log(Severity::kWarning, "roots changed", {{"trust_sha256", HexEncode(digest)}});
  return absl::OkStatus();
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
  std::shared_ptr<const certs::TrustStore> roots = parts_.trust.Get();
  if (Roots wanted = WantedRoots(); wanted != wanted_) {
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
  const std::shared_ptr<const treaty::TreatyLibrary> library = parts_.treaties.Get();
  for (const std::string& name : trust->States()) {
    v1::StateTrust& state = *response.add_states();
    state.set_state(name);
    state.set_lists_required(IsRequired(name));
    if (const auto acts = library->registers.find(name); acts != library->registers.end()) {
      if (const auto bundle = policy::BundleAt(acts->second, parts_.clock.Now())) state.set_act_number(bundle->number);
    }
    for (const certs::Certificate& root : trust->RootsOf(name)) {
      v1::TrustedRoot& described = *state.add_roots();
      described.set_sha256(Sha256(root.Der()));
      *described.mutable_not_after() = tamga::ToProto(root.NotAfter());
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

#include "node/main/credentials.h"

#include <sys/stat.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "certs/identity.h"
#include "certs/wiper.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/main/mistakes.h"

namespace tamga::node {
namespace {

// What an operator who asked is told when there is no mistake, whether or not something was taken over.
constexpr char kInOrder[] = "credentials in order";
constexpr absl::Duration kBetweenReminders = absl::Hours(1);

// Tells states of the files apart, with modes, which are among what is checked.
std::string DigestOf(const v1::NodeConfig& config) {
  std::string states;
  for (const v1::KeyPair* pair : {&config.tls(), &config.seal()}) {
    for (const std::string& path : {pair->certificate_file(), pair->key_file()}) {
      struct stat info = {};
      const unsigned mode = ::stat(path.c_str(), &info) == 0 ? info.st_mode : 0u;
      absl::StatusOr<std::string> content = ReadFile(path);
      absl::StrAppend(&states, mode, " ", Sha256(content.ok() ? *content : content.status().ToString()));
      if (content.ok()) certs::Wipe(*content);  // of keys, too, and every second
    }
  }
  return Sha256(states);
}

bool AreSame(const certs::CertificateChain& one, const certs::CertificateChain& other) {
  if (one.size() != other.size()) return false;
  for (size_t i = 0; i < one.size(); ++i) {
    if (one[i].Der() != other[i].Der()) return false;
  }
  return true;
}

std::string NameIn(const certs::Certificate& leaf) {
  const absl::StatusOr<certs::Principal> principal = certs::IdentityOf(leaf);
  return principal.ok() ? principal->SpiffeId() : "";
}

// What was taken over had been parsed before; what is not a chain has no certificates.
certs::CertificateChain ChainOf(const exchange::TlsIdentity& identity) {
  absl::StatusOr<certs::CertificateChain> chain = certs::ParsePemChain(identity.chain_pem);
  return chain.ok() ? *std::move(chain) : certs::CertificateChain();
}

void CheckName(absl::string_view field, const certs::CertificateChain& now, const certs::CertificateChain& next,
               Mistakes& mistakes) {
  if (now.empty() || next.empty() || NameIn(now.front()) == NameIn(next.front())) return;
  mistakes.Add(field, absl::StrCat("is for ", NameIn(next.front()),
                                   "; a node keeps its name while it runs: have one "
                                   "issued for ",
                                   NameIn(now.front()), ", or restart the node"));
}

DatedCertificate Dated(std::string what, std::string subject, const certs::Certificate& certificate) {
  return {std::move(what),
          std::move(subject),
          Sha256(certificate.Der()),
          {certificate.NotBefore(), certificate.NotAfter()},
          false};
}

void AddChain(const std::string& what, const certs::CertificateChain& chain, const std::string& agency,
              std::vector<DatedCertificate>& certificates) {
  for (size_t i = 0; i < chain.size(); ++i) {
    DatedCertificate dated =
        i == 0 ? Dated(what, NameIn(chain[i]), chain[i]) : Dated("issuing", StateOf(agency), chain[i]);
    bool is_there = false;  // TLS and seal may have one issuer
    for (const DatedCertificate& other : certificates) is_there = is_there || other.sha256 == dated.sha256;
    if (!is_there) certificates.push_back(std::move(dated));
  }
}

}  // namespace

Credentials::Credentials(CredentialParts parts, exchange::TlsIdentity tls)
    : parts_(std::move(parts)), own_(parts_.trust, parts_.clock), tls_(std::move(tls)) {}

void Credentials::Check(Trigger trigger) {
  const MutexLock lock(checking_);
  const std::string digest = DigestOf(parts_.config);
  if (digest == taken_) {
    SetRefused({});  // whoever tried something put the old ones back
    if (trigger == Trigger::kOperator) Log(Severity::kInfo, kInOrder);
    return;
  }
  const bool is_settled = digest == seen_ || trigger == Trigger::kOperator;
  seen_ = digest;
  Mistakes mistakes;
  std::optional<OwnKeys> next = LoadOwnKeys(parts_.config, parts_.trust.Get().get(), parts_.clock.Now(), mistakes);
  if (DigestOf(parts_.config) != digest) return;  // being written: what was loaded may be halves of two
  absl::Status status = mistakes.ToStatus();
  if (status.ok()) status = CheckNames(*next);
  if (status.ok()) status = TakeOver(*std::move(next));
  if (status.ok()) {
    taken_ = digest;
    SetRefused({});
    if (trigger == Trigger::kOperator) Log(Severity::kInfo, kInOrder);
  } else if (is_settled) {
    Refuse(status, trigger);
  }
}

void Credentials::LookAtOwn() { own_.Look(ChainOf(tls()), parts_.seal.Get()->chain()); }

exchange::TlsIdentity Credentials::tls() const {
  const MutexLock lock(mutex_);
  return tls_;
}

std::vector<std::string> Credentials::refused() const {
  const MutexLock lock(mutex_);
  return refused_;
}

std::vector<DatedCertificate> Credentials::Certificates() const {
  std::vector<DatedCertificate> certificates;
  {
    const MutexLock lock(mutex_);
    AddChain("tls", ChainOf(tls_), parts_.config.agency(), certificates);
  }
  AddChain("seal", parts_.seal.Get()->chain(), parts_.config.agency(), certificates);
  const std::map<std::string, absl::Time> until = parts_.roots_until();
  for (const auto& [state, roots] : parts_.trust.Get()->roots()) {
    for (const certs::Certificate& root : roots) {
      DatedCertificate dated = Dated("root", state, root);
      const auto day = until.find(dated.sha256);
      if (day != until.end() && day->second < dated.validity.not_after) {
        dated.validity.not_after = day->second;
        dated.by_act = true;
      }
      certificates.push_back(std::move(dated));
    }
  }
  return certificates;
}

certs::CertificateChain Credentials::Issuers() const {
  certs::CertificateChain issuers;
  for (const certs::CertificateChain& chain : {ChainOf(tls()), parts_.seal.Get()->chain()}) {
    if (!chain.empty()) issuers.insert(issuers.end(), chain.begin() + 1, chain.end());
  }
  return issuers;
}

absl::Status Credentials::CheckNames(const OwnKeys& next) const {
  Mistakes mistakes;
  CheckName("tls.certificate_file", ChainOf(tls()), ChainOf(next.tls), mistakes);
  CheckName("seal.certificate_file", parts_.seal.Get()->chain(), next.seal.chain(), mistakes);
  return mistakes.ToStatus();
}

absl::Status Credentials::TakeOver(OwnKeys next) {
  RETURN_IF_ERROR(TakeOverTls(next.tls));
  return TakeOverSeal(std::move(next.seal));
}

absl::Status Credentials::TakeOverTls(const exchange::TlsIdentity& next) {
  const exchange::TlsIdentity before = tls();
  if (next.chain_pem == before.chain_pem && next.key_pem == before.key_pem) return absl::OkStatus();
  RETURN_IF_ERROR(parts_.tls.Replace(next));
  RETURN_IF_ERROR(parts_.tls_changed(next));
  {
    const MutexLock lock(mutex_);
    tls_ = next;
  }
  const certs::CertificateChain chain = ChainOf(next);
  Log(Severity::kInfo, "TLS certificate taken over",
      {{"serial", chain.front().SerialHex()}, {"ends_at", UtcText(chain.front().NotAfter())}});
  return absl::OkStatus();
}

// What is being sealed meanwhile holds the old seal until it is done.
absl::Status Credentials::TakeOverSeal(certs::Seal next) {
  const std::shared_ptr<const certs::Seal> before = parts_.seal.Get();
  if (AreSame(before->chain(), next.chain())) return absl::OkStatus();
  const certs::Certificate& leaf = next.chain().front();
  const std::string serial = leaf.SerialHex();
  const std::string key_id = HexEncode(leaf.SpkiSha256());
  const absl::Time end = leaf.NotAfter();
  for (const auto& signer : parts_.extra_signers) RETURN_IF_ERROR(next.AlsoSignBy(signer));
  if (before->chain().front().SpkiSha256() != leaf.SpkiSha256()) {
    RETURN_IF_ERROR(parts_.seal_changes(next));
  }
  parts_.seal.Replace(std::make_shared<const certs::Seal>(std::move(next)));
  Log(Severity::kInfo, "seal taken over", {{"serial", serial}, {"key_id", key_id}, {"ends_at", UtcText(end)}});
  return absl::OkStatus();
}

void Credentials::Refuse(const absl::Status& why, Trigger trigger) {
  const absl::Time now = parts_.clock.Now();
  std::vector<std::string> lines = absl::StrSplit(why.message(), '\n');
  // A clock that was set back silences nothing.
  const bool is_old = lines == refused() && now >= refused_at_ && now - refused_at_ < kBetweenReminders;
  if (is_old && trigger == Trigger::kTime) return;
  for (const std::string& line : lines) Log(Severity::kError, "credentials not taken over", {{"detail", line}});
  SetRefused(std::move(lines));
  refused_at_ = now;
}

void Credentials::SetRefused(std::vector<std::string> lines) {
  const MutexLock lock(mutex_);
  refused_ = std::move(lines);
}

}  // namespace tamga::node

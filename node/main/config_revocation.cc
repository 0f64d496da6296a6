// Where revocation lists come from, and how old they may be.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/base/text.h"
#include "node/main/config_parts.h"
#include "node/main/own_certificates.h"
#include "node/trust/list_file.h"

namespace tamga::node {
namespace {

constexpr uint32_t kUsualStaleAfter = 72 * 3'600;
constexpr uint32_t kLeastStaleAfter = 3'600;
constexpr uint32_t kMostStaleAfter = 365 * 24 * 3'600;
constexpr uint32_t kUsualRefresh = 300;
constexpr uint32_t kMostRefresh = 24 * 3'600;

// 0 stands for the usual one.
uint32_t Complete(absl::string_view field, uint32_t value, uint32_t usual, uint32_t least, uint32_t most,
                  Mistakes& mistakes) {
  if (value == 0) return usual;
  if (value < least || value > most) {
    mistakes.Add(field, absl::StrCat("is ", value, "; must be ", least, " to ", most, ", or 0 for ", usual));
  }
  return value;
}

// The issuers that the node shows itself.
certs::CertificateChain IssuersOf(const OwnKeys& keys) {
  certs::CertificateChain issuers;
  if (absl::StatusOr<certs::CertificateChain> tls = certs::ParsePemChain(keys.tls.chain_pem); tls.ok()) {
    issuers.assign(tls->begin() + 1, tls->end());
  }
  const certs::CertificateChain& seal = keys.seal.chain();
  issuers.insert(issuers.end(), seal.begin() + 1, seal.end());
  return issuers;
}

// Whether lists are believed is decided when they are taken: a State's mistake is to be no reason not to start. What
// the file holds goes into `lists` as far as its issuers have signed it.
void CheckFile(const std::string& field, const trust::ListFile& file, const certs::CertificateChain& known,
               certs::Revocations& revocations, Mistakes& mistakes) {
  const absl::StatusOr<std::string> text = ReadFile(file.path, trust::kMostListFileBytes);
  if (!text.ok()) return mistakes.AddUnusable(field, text.status());
  const auto lists = trust::ReadListFile(file.state, *text, known);
  if (!lists.ok()) {
    mistakes.Add(field, absl::StrCat(file.path, ": ", lists.status().message(),
                                     "; ask the State's authority for its revocation lists in PEM"));
    return;
  }
  for (const trust::RevocationList& list : *lists) {
    revocations.Add(list.state, list.list, list.chain.front()).IgnoreError();
  }
}

// By the files alone: lists that partners have brought are in the node's databases, where it looks at its start.
void CheckNotRevoked(const certs::TrustStore& trust, const OwnKeys& keys, certs::Revocations revocations,
                     absl::Time now, Mistakes& mistakes) {
  const std::vector<std::string> states = trust.States();
  const certs::TrustStore with_lists = trust.With(std::make_shared<const certs::Revocations>(std::move(revocations)),
                                                  {states.begin(), states.end()}, absl::InfiniteDuration());
  if (const auto tls = certs::ParsePemChain(keys.tls.chain_pem); tls.ok()) {
    mistakes.Add(CheckOwnCertificate(with_lists, OwnCertificate::kTls, *tls, now));
  }
  mistakes.Add(CheckOwnCertificate(with_lists, OwnCertificate::kSeal, keys.seal.chain(), now));
}

}  // namespace

RevocationSetup LoadRevocation(v1::NodeConfig& config, const certs::TrustStore* trust,
                               const std::optional<OwnKeys>& keys, absl::Time now, Mistakes& mistakes) {
  RevocationSetup setup;
  v1::Revocation& revocation = *config.mutable_revocation();
  revocation.set_stale_after_s(Complete("revocation.stale_after_s", revocation.stale_after_s(), kUsualStaleAfter,
                                        kLeastStaleAfter, kMostStaleAfter, mistakes));
  revocation.set_refresh_s(
      Complete("revocation.refresh_s", revocation.refresh_s(), kUsualRefresh, 1, kMostRefresh, mistakes));
  setup.rules.required = revocation.required();
  setup.rules.stale_after = absl::Seconds(revocation.stale_after_s());
  setup.refresh = absl::Seconds(revocation.refresh_s());
  certs::Revocations revocations;
  certs::CertificateChain issuers;
  if (keys) issuers = IssuersOf(*keys);
  for (int i = 0; i < config.trust_bundles_size(); ++i) {
    const v1::TrustBundle& bundle = config.trust_bundles(i);
    certs::CertificateChain known = issuers;
    if (trust != nullptr) {
      for (certs::Certificate& root : trust->RootsOf(bundle.state())) known.push_back(std::move(root));
    }
    for (int j = 0; j < bundle.crl_files_size(); ++j) {
      setup.rules.listed.insert(bundle.state());
      setup.files.push_back(trust::ListFile{bundle.state(), bundle.crl_files(j)});
      // Without roots and own keys, whose mistakes are told already, nothing can be said of issuers.
      if (trust == nullptr || !keys) continue;
      CheckFile(absl::StrCat("trust_bundles[", i, "].crl_files[", j, "]"), setup.files.back(), known, revocations,
                mistakes);
    }
  }
  // That the own State has no bundle is told already, too.
  const bool knows_own = trust != nullptr && !trust->RootsOf(StateOf(config.agency())).empty();
  if (knows_own && keys) CheckNotRevoked(*trust, *keys, std::move(revocations), now, mistakes);
  return setup;
}

}  // namespace tamga::node

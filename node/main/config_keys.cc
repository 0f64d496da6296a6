// The node's own certificates and keys: one pair for TLS, one for the seal.
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/identity.h"
#include "certs/signer.h"
#include "node/base/error.h"
#include "node/base/text.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

// What a pair is for.
struct Duty {
  std::string field;
  certs::Role role;
  std::vector<certs::Usage> usages;
};

class PairLoader {
 public:
  PairLoader(const v1::NodeConfig& config, const certs::TrustStore* trust, absl::Time now, Mistakes& mistakes)
      : config_(config), trust_(trust), now_(now), mistakes_(mistakes) {}

  std::optional<LoadedPair> LoadTls() {
    const Duty duty = {"tls", certs::Role::kNode, {certs::Usage::kTlsServer, certs::Usage::kTlsClient}};
    LoadedPair loaded = LoadKeyPair(duty.field, config_.tls(), mistakes_);
    if (loaded.chain.empty() || !CheckChain(duty, loaded.chain) || loaded.key_pem.empty()) return std::nullopt;
    return loaded;
  }

  std::optional<LoadedSealPair> LoadSeal() {
    const Duty duty = {"seal", certs::Role::kSeal, {certs::Usage::kSeal}};
    LoadedSealPair loaded = LoadSealPair(duty.field, config_.seal(), mistakes_);
    if (loaded.chain.empty() || !CheckChain(duty, loaded.chain) || loaded.signer == nullptr) return std::nullopt;
    return loaded;
  }

 private:
  bool CheckChain(const Duty& duty, const certs::CertificateChain& chain) {
    const std::string field = absl::StrCat(duty.field, ".certificate_file");
    const absl::StatusOr<certs::Principal> named = certs::IdentityOf(chain.front());
    if (!named.ok()) return Refuse(duty, field, named.status());
    // Whom the certificate must name is not known without a good agency, which is a mistake of its own.
    if (!CheckAgency("agency", config_.agency()).ok()) return false;
    if (named->agency != config_.agency() || named->role != duty.role) {
      mistakes_.Add(field, absl::StrCat("is for ", named->SpiffeId(), "; must be for ", config_.agency(), ", role ",
                                        certs::RoleName(duty.role)));
      return false;
    }
    if (trust_ == nullptr || !trust_->Knows(named->State())) return true;
    for (const certs::Usage usage : duty.usages) {
      const absl::Status vouched = trust_->Verify(chain, usage, now_).status();
      if (!vouched.ok()) return Refuse(duty, field, vouched);
    }
    return true;
  }

  bool Refuse(const Duty& duty, const std::string& field, const absl::Status& why) {
    mistakes_.Add(field,
                  absl::StrCat(why.message(), " (", ReasonOf(why), "); have the State's authority issue one for ",
                               config_.agency(), ", role ", certs::RoleName(duty.role)));
    return false;
  }

  const v1::NodeConfig& config_;
  const certs::TrustStore* const trust_;
  const absl::Time now_;
  Mistakes& mistakes_;
};

}  // namespace

std::optional<OwnKeys> LoadOwnKeys(const v1::NodeConfig& config, const certs::TrustStore* trust, absl::Time now,
                                   Mistakes& mistakes) {
  PairLoader loader(config, trust, now, mistakes);
  std::optional<LoadedPair> tls = loader.LoadTls();
  std::optional<LoadedSealPair> seal = loader.LoadSeal();
  if (!tls || !seal) return std::nullopt;
  if (tls->chain.front().Spki() == seal->chain.front().Spki()) {
    mistakes.Add("seal.key_file", "is the key of tls as well; the seal needs a key of its own");
    return std::nullopt;
  }
  absl::StatusOr<certs::Seal> made = certs::Seal::Create(std::move(seal->signer), std::move(seal->chain));
  if (!made.ok()) {
    mistakes.Add("seal", made.status().message());
    return std::nullopt;
  }
  return OwnKeys{{std::move(tls->chain_pem), std::move(tls->key_pem)}, tls->chain.front().NotAfter(), *std::move(made)};
}

}  // namespace tamga::node

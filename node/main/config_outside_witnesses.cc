// The witnesses that no partner runs: where they are asked, and who vouches for them there.
#include <openssl/x509v3.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/trust_store.h"
#include "node/base/file.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

constexpr size_t kMaxRootsBytes = 1u << 20;

// Reads one after another, since each must differ from those before.
class OutsideLoader {
 public:
  OutsideLoader(const WitnessingAround& around, absl::Time now, Mistakes& mistakes)
      : around_(around), now_(now), mistakes_(mistakes) {}

  // What is good of it.
  OutsideWitness Load(const std::string& field, const v1::OutsideWitness& config) {
    OutsideWitness witness;
    witness.key = FindKey(absl::StrCat(field, ".name"), config.name());
    if (std::optional<HttpsUrl> url = ReadHttpsUrl(absl::StrCat(field, ".url"), config.url(), mistakes_)) {
      witness.server.host = std::move(url->host);
      witness.server.port = url->port;
      witness.base_path = std::move(url->path);
    }
    const std::string& name = config.server_name();
    if (!name.empty()) CheckServerName(absl::StrCat(field, ".server_name"), name, mistakes_);
    witness.server.name = name.empty() ? witness.server.host : name;
    witness.server.roots_pem = LoadRoots(absl::StrCat(field, ".roots_file"), config.roots_file());
    if (config.has_client()) {
      witness.server.identity = LoadClient(absl::StrCat(field, ".client"), config.client());
    } else if (around_.tls) {
      witness.server.identity = *around_.tls;
    }
    return witness;
  }

 private:
  ledger::NoteKey FindKey(const std::string& field, const std::string& name) {
    if (!mistakes_.Require(field, name, "name the witness as witnessing.policy_file does")) return {};
    if (!names_.insert(name).second) {
      mistakes_.Add(field, absl::StrCat(name, " is there twice; a witness is asked at one address"));
      return {};
    }
    if (around_.policy == nullptr) return {};
    const auto found = around_.policy->witnesses.find(name);
    if (found == around_.policy->witnesses.end()) {
      mistakes_.Add(field, absl::StrCat("witnessing.policy_file has no witness ", name, "; add a line \"witness ", name,
                                        " <vkey>\" there, or correct the name"));
      return {};
    }
    CheckKey(field, found->second);
    return found->second;
  }

  // The policy has each key once, but the names within the keys may be the same.
  void CheckKey(const std::string& field, const ledger::NoteKey& key) {
    if (around_.own_witness && around_.own_witness->public_key == key.public_key) {
      return mistakes_.Add(field, "is this node's own witness; name one that others run");
    }
    for (const auto& [agency, partner] : around_.partners) {
      if (partner.public_key == key.public_key) {
        return mistakes_.Add(field, absl::StrCat("is the witness of ", agency,
                                                 ", which is asked as a partner; leave it "
                                                 "out here, or its witness_vkey in partners"));
      }
      key_names_.insert(partner.name);
    }
    if (!key_names_.insert(key.name).second) {
      mistakes_.Add(
          field, absl::StrCat("the key of another witness is named ", key.name, " too; each needs a name of its own"));
    }
  }

  std::string LoadRoots(const std::string& field, const std::string& path) {
    if (!mistakes_.Require(field, path, "name the PEM file with the root certificates of the witness's host"))
      return "";
    absl::StatusOr<std::string> pem = ReadFile(path, kMaxRootsBytes);
    if (!pem.ok()) {
      mistakes_.AddUnusable(field, pem.status());
      return "";
    }
    constexpr absl::string_view kFix = "; ask the witness's operators for the roots of its host's certificate";
    const absl::StatusOr<certs::CertificateChain> roots = certs::ParsePemChain(*pem);
    if (!roots.ok()) {
      mistakes_.Add(field, absl::StrCat(path, ": ", roots.status().message(), kFix));
    } else if (!std::all_of(roots->begin(), roots->end(), certs::IsRoot)) {
      mistakes_.Add(field, absl::StrCat(path, " holds a certificate that is not a self-signed root", kFix));
    } else if (std::all_of(roots->begin(), roots->end(), [&](const auto& root) { return root.NotAfter() <= now_; })) {
      mistakes_.Add(field, absl::StrCat(path, " holds no root that has not expired", kFix));
    }
    return *std::move(pem);
  }

  exchange::TlsIdentity LoadClient(const std::string& field, const v1::KeyPair& pair) {
    LoadedPair loaded = LoadKeyPair(field, pair, mistakes_);
    if (!loaded.chain.empty()) CheckClient(absl::StrCat(field, ".certificate_file"), loaded.chain.front());
    return {std::move(loaded.chain_pem), std::move(loaded.key_pem)};
  }

  void CheckClient(const std::string& field, const certs::Certificate& certificate) {
    constexpr absl::string_view kFix = "; have one issued that the witness takes";
    if (now_ < certificate.NotBefore() || certificate.NotAfter() <= now_) {
      mistakes_.Add(field, absl::StrCat("is not valid now", kFix));
    } else if (X509_check_purpose(certificate.native(), X509_PURPOSE_SSL_CLIENT, /*ca=*/0) != 1) {
      mistakes_.Add(field, absl::StrCat("is not for TLS clients", kFix));
    }
  }

  const WitnessingAround& around_;
  const absl::Time now_;
  Mistakes& mistakes_;
  std::set<std::string> names_;
  std::set<std::string> key_names_;
};

}  // namespace

std::vector<OutsideWitness> LoadOutsideWitnesses(const v1::Witnessing& witnessing, const WitnessingAround& around,
                                                 absl::Time now, Mistakes& mistakes) {
  OutsideLoader loader(around, now, mistakes);
  std::vector<OutsideWitness> witnesses;
  for (int i = 0; i < witnessing.outside_witnesses_size(); ++i) {
    witnesses.push_back(
        loader.Load(absl::StrCat("witnessing.outside_witnesses[", i, "]"), witnessing.outside_witnesses(i)));
  }
  return witnesses;
}

}  // namespace tamga::node

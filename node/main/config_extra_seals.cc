// Algorithms of signatures on seals beside the one that every node speaks.
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/trust_domain.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/text.h"
#include "node/base/unix_socket.h"
#include "node/gost/helper_client.h"
#include "node/gost/public_key.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

constexpr size_t kMaxKeyBytes = 16u << 10;

// The SubjectPublicKeyInfo; empty after a mistake.
std::string LoadPublicKey(const std::string& field, const std::string& algorithm, const std::string& path,
                          Mistakes& mistakes) {
  const absl::StatusOr<std::string> pem = ReadFile(path, kMaxKeyBytes);
  if (!pem.ok()) {
    mistakes.AddUnusable(field, pem.status());
    return "";
  }
  absl::StatusOr<std::string> spki = gost::ReadPublicKey(algorithm, *pem);
  if (spki.ok()) return *std::move(spki);
  mistakes.Add(field,
               absl::StrCat(path, ": ", spki.status().message(), "; write it with openssl pkey -engine gost -pubout"));
  return "";
}

class ExtraSealLoader {
 public:
  ExtraSealLoader(const v1::NodeConfig& config, Mistakes& mistakes) : config_(config), mistakes_(mistakes) {}

  ExtraSeals Load() {
    ExtraSeals loaded;
    std::set<std::string> algorithms;
    for (int i = 0; i < config_.extra_seals_size(); ++i) {
      const v1::ExtraSeal& extra = config_.extra_seals(i);
      const std::string field = absl::StrCat("extra_seals[", i, "]");
      const std::string& algorithm = extra.algorithm();
      if (!gost::IsGostAlgorithm(algorithm)) {
        mistakes_.Add(absl::StrCat(field, ".algorithm"),
                      absl::StrCat("must be ", certs::kGost256, " or ", certs::kGost512, "; correct the name"));
        continue;
      }
      if (!algorithms.insert(algorithm).second) {
        mistakes_.Add(absl::StrCat(field, ".algorithm"),
                      absl::StrCat(algorithm, " is there twice; put its keys into one"));
        continue;
      }
      if (!mistakes_.Require(absl::StrCat(field, ".helper_socket"), extra.helper_socket(),
                             "name the socket at which tamga-gost listens")) {
        continue;
      }
      if (extra.helper_socket().size() > kMaxSocketPathBytes) {
        mistakes_.Add(absl::StrCat(field, ".helper_socket"),
                      absl::StrCat(extra.helper_socket(), " is longer than a socket's path may be, ",
                                   kMaxSocketPathBytes, " bytes; put it into a folder nearer to the root"));
      }
      const std::shared_ptr<const gost::HelperConnection> helper = AddSigner(field, extra, loaded);
      loaded.helpers[algorithm] = helper;
      loaded.accepted.push_back({algorithm, std::make_shared<gost::HelperVerifier>(helper, algorithm),
                                 KeysOf(field, extra), RequiredOf(field, extra)});
    }
    return loaded;
  }

 private:
  // Who signs, if the helper is to, and verifies.
  std::shared_ptr<const gost::HelperConnection> AddSigner(const std::string& field, const v1::ExtraSeal& extra,
                                                          ExtraSeals& loaded) {
    const auto only_verifies = [&] {
      return std::make_shared<const gost::HelperConnection>(extra.helper_socket(), "");
    };
    if (extra.public_key_file().empty()) return only_verifies();
    const std::string spki =
        LoadPublicKey(absl::StrCat(field, ".public_key_file"), extra.algorithm(), extra.public_key_file(), mistakes_);
    if (spki.empty()) return only_verifies();
    const auto signer = std::make_shared<gost::HelperSigner>(extra.helper_socket(), extra.algorithm(), spki);
    loaded.signers.push_back(signer);
    return signer->connection();
  }

  std::map<std::string, std::map<std::string, std::string>> KeysOf(const std::string& extra_field,
                                                                   const v1::ExtraSeal& extra) {
    std::map<std::string, std::map<std::string, std::string>> keys;
    for (int i = 0; i < extra.keys_size(); ++i) {
      const v1::ExtraSealKey& key = extra.keys(i);
      const std::string field = absl::StrCat(extra_field, ".keys[", i, "]");
      mistakes_.Add(CheckAgency(absl::StrCat(field, ".agency"), key.agency()));
      const std::string file_field = absl::StrCat(field, ".public_key_file");
      if (!mistakes_.Require(file_field, key.public_key_file(), "name the PEM file with the agency's public key")) {
        continue;
      }
      std::string spki = LoadPublicKey(file_field, extra.algorithm(), key.public_key_file(), mistakes_);
      if (!spki.empty()) keys[key.agency()].emplace(Sha256(spki), std::move(spki));
    }
    return keys;
  }

  std::set<std::string> RequiredOf(const std::string& extra_field, const v1::ExtraSeal& extra) {
    std::set<std::string> states;
    const std::string field = absl::StrCat(extra_field, ".required_of_states");
    for (const std::string& state : extra.required_of_states()) {
      if (!certs::IsStateCode(state)) {
        mistakes_.Add(field, "names no State; name each by its ISO 3166 alpha-3 code, such as KGZ");
        continue;
      }
      states.insert(state);
    }
    for (const v1::Partner& partner : config_.partners()) {
      if (states.count(StateOf(partner.agency())) == 0 || HasKey(extra, partner.agency())) continue;
      mistakes_.Add(field, absl::StrCat(StateOf(partner.agency()), ": there is no key of ", partner.agency(),
                                        ", so that all its messages would be refused; add it to keys"));
    }
    return states;
  }

  static bool HasKey(const v1::ExtraSeal& extra, const std::string& agency) {
    for (const v1::ExtraSealKey& key : extra.keys()) {
      if (key.agency() == agency) return true;
    }
    return false;
  }

  const v1::NodeConfig& config_;
  Mistakes& mistakes_;
};

}  // namespace

ExtraSeals LoadExtraSeals(const v1::NodeConfig& config, Mistakes& mistakes) {
  return ExtraSealLoader(config, mistakes).Load();
}

}  // namespace tamga::node

// The keys of couriers' bundles: the own one, and those of partners.
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/x25519.h"
#include "node/base/encoding.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

constexpr char kOwnField[] = "courier_key_file";

}  // namespace

CourierSetup LoadCourier(const v1::NodeConfig& config, Mistakes& mistakes) {
  CourierSetup setup;
  std::string own_public;
  if (!config.courier_key_file().empty()) {
    std::optional<std::string> key = LoadHexKey(kOwnField, config.courier_key_file(), mistakes);
    if (key) {
      const absl::StatusOr<certs::X25519Key> made = certs::X25519Key::FromBytes(*key);
      if (made.ok()) own_public = made->public_key();
      setup.key = *std::move(key);
    }
  }
  for (int i = 0; i < config.partners_size(); ++i) {
    const v1::Partner& partner = config.partners(i);
    if (partner.courier_key().empty()) continue;
    const std::string field = absl::StrCat("partners[", i, "].courier_key");
    absl::StatusOr<std::string> key = HexDecode(partner.courier_key());
    if (!key.ok() || key->size() != certs::kX25519Bytes) {
      mistakes.Add(field, "must be 64 lower-case hexadecimal digits; copy what `tamga courier key` prints there");
    } else if (*key == own_public) {
      mistakes.Add(field, "is this node's own; ask the partner for what `tamga courier key` prints there");
    } else {
      setup.partners.emplace(partner.agency(), *std::move(key));
    }
  }
  return setup;
}

}  // namespace tamga::node

#include "node/cli/treaty_office.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "policy/treaty_document.h"

namespace tamga::cli {
namespace {

constexpr size_t kSeedBytes = 32;

}  // namespace

absl::StatusOr<std::vector<OutputFile>> OfficeFiles(const std::string& state, uint32_t keys, uint32_t threshold,
                                                    const std::string& folder, Rng& rng) {
  v1::TreatyOffice office;
  office.set_state(state);
  office.set_threshold(threshold);
  std::vector<OutputFile> files;
  for (uint32_t i = 1; i <= keys; ++i) {
    const std::string seed = rng.Bytes(kSeedBytes);
    ASSIGN_OR_RETURN(const certs::Ed25519Key key, certs::Ed25519Key::FromSeed(seed));
    office.add_keys(HexEncode(key.public_key()));
    const std::string name = i == 1 ? "treaty-office.key" : absl::StrCat("treaty-office-", i, ".key");
    files.push_back({absl::StrCat(folder, "/", name), absl::StrCat(HexEncode(seed), "\n"), kSecretMode});
  }
  std::string text;
  google::protobuf::TextFormat::PrintToString(office, &text);
  RETURN_IF_ERROR(policy::ReadTreatyOffice(text, "--state, --keys and --threshold").status());
  files.push_back({absl::StrCat(folder, "/treaty-office.txtpb"), text});
  return files;
}

absl::StatusOr<certs::Ed25519Key> ReadOfficeKey(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadSecretFile(path));
  const absl::StatusOr<std::string> seed = HexDecode(absl::StripAsciiWhitespace(text));
  if (!seed.ok()) return InvalidField("--key", absl::StrCat(path, " is not a treaty office's key: 64 hex digits"));
  return certs::Ed25519Key::FromSeed(*seed);
}

}  // namespace tamga::cli

#include "node/cli/limbo_case.h"

#include <openssl/x509v3.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "adapters/json_form.h"
#include "google/protobuf/empty.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::cli {
namespace {

using Json = nlohmann::json;
using certs::ExpectedName;

constexpr size_t kMaxCertificates = 512;
constexpr size_t kMaxPemBytes = 64 << 10;
constexpr size_t kMaxListBytes = 2 << 20;
constexpr int64_t kMaxDepth = 16;

absl::Status Malformed(absl::string_view field, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kCaseMalformed, absl::StrCat(field, " ", what));
}

// The field's value; null stands for one that is absent.
const Json& Field(const Json& object, const char* name) {
  static const Json kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

absl::StatusOr<std::string> Text(const Json& object, const char* name, size_t max_bytes) {
  const Json& value = Field(object, name);
  if (!value.is_string()) return Malformed(name, "must be a string");
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() > max_bytes) return Malformed(name, "is too large");
  return text;
}

// Of a list that may be absent.
absl::StatusOr<std::vector<std::string>> Texts(const Json& object, const char* name, size_t max_bytes) {
  const Json& list = Field(object, name);
  std::vector<std::string> texts;
  if (list.is_null()) return texts;
  if (!list.is_array() || list.size() > kMaxCertificates) return Malformed(name, "must be a list of at most 512");
  for (const Json& element : list) {
    if (!element.is_string()) return Malformed(name, "must hold strings");
    const auto& text = element.get_ref<const std::string&>();
    if (text.size() > max_bytes) return Malformed(name, "holds one that is too large");
    texts.push_back(text);
  }
  return texts;
}

template <typename Value>
struct Named {
  const char* name;
  Value value;
};

template <typename Value, size_t kCount>
std::optional<Value> Find(const Named<Value> (&known)[kCount], const std::string& name) {
  for (const Named<Value>& one : known) {
    if (name == one.name) return one.value;
  }
  return std::nullopt;
}

// RFC 5280 section 4.2.1.3.
constexpr Named<uint32_t> kKeyUsages[] = {
    {"digitalSignature", KU_DIGITAL_SIGNATURE}, {"contentCommitment", KU_NON_REPUDIATION},
    {"nonRepudiation", KU_NON_REPUDIATION},     {"keyEncipherment", KU_KEY_ENCIPHERMENT},
    {"dataEncipherment", KU_DATA_ENCIPHERMENT}, {"keyAgreement", KU_KEY_AGREEMENT},
    {"keyCertSign", KU_KEY_CERT_SIGN},          {"cRLSign", KU_CRL_SIGN},
    {"encipherOnly", KU_ENCIPHER_ONLY},         {"decipherOnly", KU_DECIPHER_ONLY}};

// RFC 5280 section 4.2.1.12.
constexpr Named<const char*> kPurposes[] = {
    {"anyExtendedKeyUsage", "2.5.29.37.0"},   {"serverAuth", "1.3.6.1.5.5.7.3.1"},
    {"clientAuth", "1.3.6.1.5.5.7.3.2"},      {"codeSigning", "1.3.6.1.5.5.7.3.3"},
    {"emailProtection", "1.3.6.1.5.5.7.3.4"}, {"timeStamping", "1.3.6.1.5.5.7.3.8"},
    {"OCSPSigning", "1.3.6.1.5.5.7.3.9"}};

constexpr Named<ExpectedName::Kind> kNameKinds[] = {
    {"DNS", ExpectedName::Kind::kDns}, {"IP", ExpectedName::Kind::kAddress}, {"RFC822", ExpectedName::Kind::kEmail}};

constexpr Named<bool> kValidationKinds[] = {{"CLIENT", true}, {"SERVER", false}};  // is the peer a server?

constexpr size_t kMaxWord = 256;

absl::Status ReadKind(const Json& object, LimboCase& read) {
  ASSIGN_OR_RETURN(const std::string kind, Text(object, "validation_kind", kMaxWord));
  const std::optional<bool> peer_is_server = Find(kValidationKinds, kind);
  if (!peer_is_server) return Malformed("validation_kind", "must be CLIENT or SERVER");
  read.peer_is_server = *peer_is_server;
  return absl::OkStatus();
}

absl::Status ReadCertificates(const Json& object, LimboCase& read) {
  ASSIGN_OR_RETURN(read.trusted_certs, Texts(object, "trusted_certs", kMaxPemBytes));
  ASSIGN_OR_RETURN(read.untrusted_intermediates, Texts(object, "untrusted_intermediates", kMaxPemBytes));
  ASSIGN_OR_RETURN(read.peer_certificate, Text(object, "peer_certificate", kMaxPemBytes));
  ASSIGN_OR_RETURN(read.crls, Texts(object, "crls", kMaxListBytes));
  if (read.trusted_certs.size() + read.untrusted_intermediates.size() >= kMaxCertificates) {
    return Malformed("trusted_certs", "and untrusted_intermediates hold more than 511 certificates");
  }
  return absl::OkStatus();
}

absl::Status ReadTime(const Json& object, LimboCase& read) {
  if (Field(object, "validation_time").is_null()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string text, Text(object, "validation_time", kMaxWord));
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return Malformed("validation_time", "must be a time as RFC 3339 has it");
  }
  read.validation_time = time;
  return absl::OkStatus();
}

absl::Status ReadUsages(const Json& object, LimboCase& read) {
  ASSIGN_OR_RETURN(read.signature_algorithms, Texts(object, "signature_algorithms", kMaxWord));
  ASSIGN_OR_RETURN(const std::vector<std::string> usages, Texts(object, "key_usage", kMaxWord));
  for (const std::string& usage : usages) {
    const std::optional<uint32_t> bit = Find(kKeyUsages, usage);
    if (!bit) return Malformed("key_usage", "has a value that is not known");
    read.key_usage |= *bit;
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> purposes, Texts(object, "extended_key_usage", kMaxWord));
  for (const std::string& purpose : purposes) {
    const std::optional<const char*> oid = Find(kPurposes, purpose);
    if (!oid) return Malformed("extended_key_usage", "has a value that is not known");
    read.purposes.emplace_back(*oid);
  }
  return absl::OkStatus();
}

absl::Status ReadName(const Json& name, const char* field, LimboCase& read) {
  if (!name.is_object()) return Malformed(field, "must be a kind and a value");
  ASSIGN_OR_RETURN(const std::string kind_text, Text(name, "kind", kMaxWord));
  ASSIGN_OR_RETURN(std::string value, Text(name, "value", kMaxPemBytes));
  const std::optional<ExpectedName::Kind> kind = Find(kNameKinds, kind_text);
  if (!kind) return Malformed(field, "must be of kind DNS, IP or RFC822");
  read.names.push_back({*kind, std::move(value)});
  return absl::OkStatus();
}

absl::Status ReadNames(const Json& object, LimboCase& read) {
  if (const Json& name = Field(object, "expected_peer_name"); !name.is_null()) {
    RETURN_IF_ERROR(ReadName(name, "expected_peer_name", read));
  }
  const Json& names = Field(object, "expected_peer_names");
  if (names.is_null()) return absl::OkStatus();
  if (!names.is_array() || names.size() > kMaxCertificates) {
    return Malformed("expected_peer_names", "must be a list of at most 512");
  }
  for (const Json& name : names) RETURN_IF_ERROR(ReadName(name, "expected_peer_names", read));
  return absl::OkStatus();
}

absl::Status ReadDepth(const Json& object, LimboCase& read) {
  const Json& depth = Field(object, "max_chain_depth");
  if (depth.is_null()) return absl::OkStatus();
  if (!depth.is_number_unsigned()) return Malformed("max_chain_depth", "must be a number of intermediates");
  read.max_intermediates = static_cast<size_t>(std::min<uint64_t>(depth.get<uint64_t>(), kMaxDepth));
  return absl::OkStatus();
}

absl::StatusOr<LimboCase> ContentOf(const Json& object) {
  if (!object.is_object()) return Malformed("the case", "must be an object");
  LimboCase read;
  RETURN_IF_ERROR(Text(object, "id", kMaxPemBytes).status());
  RETURN_IF_ERROR(ReadKind(object, read));
  RETURN_IF_ERROR(ReadCertificates(object, read));
  RETURN_IF_ERROR(ReadTime(object, read));
  RETURN_IF_ERROR(ReadUsages(object, read));
  RETURN_IF_ERROR(ReadNames(object, read));
  RETURN_IF_ERROR(ReadDepth(object, read));
  return read;
}

ReadCase CaseOf(const Json& value) {
  const Json& id = value.is_object() ? Field(value, "id") : value;
  const bool has_id = value.is_object() && id.is_string();
  return {has_id ? id.get<std::string>() : "", ContentOf(value)};
}

absl::StatusOr<Json> ParseObject(absl::string_view text) {
  // Any type without fields does: what is asked for is the form alone.
  RETURN_IF_ERROR(adapters::CheckJsonForm(text, *google::protobuf::Empty::descriptor()));
  Json object = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) return InvalidField("json", "is not well-formed JSON");
  return object;
}

absl::StatusOr<std::vector<ReadCase>> CasesOfSuite(const Json& suite) {
  if (Field(suite, "version") != Json(1)) return InvalidField("version", "must be 1");
  const Json& list = Field(suite, "testcases");
  if (!list.is_array()) return InvalidField("testcases", "must be a list of cases");
  std::vector<ReadCase> cases;
  cases.reserve(list.size());
  for (const Json& one : list) cases.push_back(CaseOf(one));
  return cases;
}

absl::StatusOr<std::vector<ReadCase>> CasesOfLines(absl::string_view text) {
  std::vector<ReadCase> cases;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    const absl::StatusOr<Json> object = ParseObject(line);
    if (!object.ok()) return Annotate(object.status(), absl::StrCat("line ", number));
    cases.push_back(CaseOf(*object));
  }
  if (cases.empty()) return InvalidField("json", "there is no case; give a suite, or one case a line");
  return cases;
}

}  // namespace

absl::StatusOr<std::vector<ReadCase>> ReadLimboCases(absl::string_view text) {
  const absl::StatusOr<Json> whole = ParseObject(text);
  if (!whole.ok()) {
    absl::StatusOr<std::vector<ReadCase>> lines = CasesOfLines(text);
    // Of text that begins like neither, the first fault is the one that tells.
    return lines.ok() ? std::move(lines) : lines.status();
  }
  if (whole->contains("testcases")) return CasesOfSuite(*whole);
  return std::vector<ReadCase>{CaseOf(*whole)};
}

std::string LimboLine(const std::string& id, const absl::Status& verdict) {
  nlohmann::ordered_json line;
  line["id"] = id;
  line["verdict"] = verdict.ok() ? "SUCCESS" : "FAILURE";
  line["reason"] = verdict.ok() ? "" : ReasonOf(verdict);
  return line.dump();
}

}  // namespace tamga::cli

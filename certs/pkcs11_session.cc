#include "certs/pkcs11_session.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "certs/p1363.h"
#include "certs/wiper.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

constexpr size_t kPointBytes = 65;
constexpr CK_ULONG kMaxAttributeBytes = 1024;

// The object identifier of P-256 (RFC 5480 section 2.1.1.1), DER.
constexpr absl::string_view kP256Params("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10);
// What stands before the point in the SubjectPublicKeyInfo of a key on P-256.
constexpr absl::string_view kP256SpkiPrefix(
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00", 26);

constexpr absl::string_view kEnded = "the session ended when the module was started anew";

absl::Status Failed(absl::string_view function, CK_RV result) {
  return absl::UnavailableError(Pkcs11Failure(function, result));
}

CK_BYTE_PTR BytesOf(std::string& text) { return reinterpret_cast<CK_BYTE_PTR>(text.data()); }

// Labels are padded with blanks.
std::string LabelOf(const CK_TOKEN_INFO& info) {
  const absl::string_view padded(reinterpret_cast<const char*>(info.label), sizeof(info.label));
  return std::string(absl::StripTrailingAsciiWhitespace(padded));
}

absl::StatusOr<std::vector<CK_SLOT_ID>> SlotsWithTokens(const CK_FUNCTION_LIST& functions) {
  CK_ULONG count = 0;
  if (const CK_RV result = functions.C_GetSlotList(CK_TRUE, nullptr, &count); result != CKR_OK) {
    return Failed("C_GetSlotList", result);
  }
  std::vector<CK_SLOT_ID> slots(count);
  if (count == 0) return slots;
  if (const CK_RV result = functions.C_GetSlotList(CK_TRUE, slots.data(), &count); result != CKR_OK) {
    return Failed("C_GetSlotList", result);
  }
  slots.resize(count);
  return slots;
}

// Slots change their numbers, so a token goes by its label.
absl::StatusOr<CK_SLOT_ID> FindToken(const CK_FUNCTION_LIST& functions, const std::string& label) {
  ASSIGN_OR_RETURN(const std::vector<CK_SLOT_ID> slots, SlotsWithTokens(functions));
  std::vector<CK_SLOT_ID> found;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info = {};
    // One that does not answer may be another's.
    if (functions.C_GetTokenInfo(slot, &info) == CKR_OK && LabelOf(info) == label) found.push_back(slot);
  }
  if (found.empty()) return absl::NotFoundError(absl::StrCat("there is no token with the label \"", label, "\""));
  if (found.size() == 1) return found.front();
  return absl::FailedPreconditionError(absl::StrCat("two tokens have the label \"", label, "\""));
}

// The uncompressed point of CKA_EC_POINT: in an OCTET STRING (PKCS #11 2.40, section 2.3.3), or bare as some tokens
// give it. Empty otherwise.
std::string PointIn(absl::string_view attribute) {
  constexpr absl::string_view kOctetString("\x04\x41", 2);
  if (attribute.size() == kOctetString.size() + kPointBytes) attribute = absl::StripPrefix(attribute, kOctetString);
  const bool is_point = attribute.size() == kPointBytes && attribute.front() == '\x04';
  return is_point ? std::string(attribute) : std::string();
}

}  // namespace

Pkcs11Session::Pkcs11Session(std::shared_ptr<const Pkcs11Module> module, uint64_t era, CK_SLOT_ID slot,
                             CK_SESSION_HANDLE session)
    : module_(std::move(module)), functions_(module_->functions()), era_(era), slot_(slot), session_(session) {}

Pkcs11Session::~Pkcs11Session() {
  const Pkcs11Module::Calls calls(*module_);
  if (calls.era() == era_) functions_.C_CloseSession(session_);
}

absl::StatusOr<std::unique_ptr<Pkcs11Session>> Pkcs11Session::Open(std::shared_ptr<const Pkcs11Module> module,
                                                                   const Pkcs11KeyName& name,
                                                                   const PinReader& read_pin) {
  const CK_FUNCTION_LIST& functions = module->functions();
  const Pkcs11Module::Calls calls(*module);
  ASSIGN_OR_RETURN(const CK_SLOT_ID slot, FindToken(functions, name.token_label));
  CK_SESSION_HANDLE handle = 0;
  if (const CK_RV result = functions.C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &handle);
      result != CKR_OK) {
    return Failed("C_OpenSession", result);
  }
  std::unique_ptr<Pkcs11Session> session(new Pkcs11Session(module, calls.era(), slot, handle));
  RETURN_IF_ERROR(session->Login(read_pin));
  RETURN_IF_ERROR(session->FindKey(name));
  return session;
}

// Logging in is of the whole process: a session after the first finds it done.
absl::Status Pkcs11Session::Login(const PinReader& read_pin) {
  CK_SESSION_INFO state = {};
  const bool is_logged_in =
      functions_.C_GetSessionInfo(session_, &state) == CKR_OK && state.state == CKS_RO_USER_FUNCTIONS;
  if (is_logged_in) return absl::OkStatus();
  CK_TOKEN_INFO info = {};
  if (const CK_RV result = functions_.C_GetTokenInfo(slot_, &info); result != CKR_OK) {
    return Failed("C_GetTokenInfo", result);
  }
  // A service that restarts with a wrong PIN would lock the token; the last try is for a person.
  if ((info.flags & (CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED)) != 0) {
    return absl::FailedPreconditionError(
        "the token has refused the PIN too often; correct the PIN, and log in once with the token's own tool");
  }
  absl::StatusOr<std::string> pin = read_pin();
  if (!pin.ok()) return absl::FailedPreconditionError(pin.status().message());
  const Wiper wiper(*pin);
  const CK_RV result = functions_.C_Login(session_, CKU_USER, BytesOf(*pin), pin->size());
  if (result == CKR_OK || result == CKR_USER_ALREADY_LOGGED_IN) return absl::OkStatus();
  if (result == CKR_PIN_INCORRECT || result == CKR_PIN_LEN_RANGE || result == CKR_PIN_INVALID ||
      result == CKR_PIN_LOCKED || result == CKR_PIN_EXPIRED) {
    return absl::PermissionDeniedError(
        absl::StrCat("the token refuses the PIN (", Pkcs11Failure("C_Login", result), ")"));
  }
  // Some tokens say something vaguer of a wrong PIN; that they count it tells.
  if (functions_.C_GetTokenInfo(slot_, &info) == CKR_OK && (info.flags & CKF_USER_PIN_COUNT_LOW) != 0) {
    return absl::PermissionDeniedError(
        absl::StrCat("the token counts the PIN as refused (", Pkcs11Failure("C_Login", result), ")"));
  }
  return Failed("C_Login", result);
}

absl::StatusOr<std::vector<CK_OBJECT_HANDLE>> Pkcs11Session::Find(CK_OBJECT_CLASS object_class, CK_ATTRIBUTE_TYPE by,
                                                                  std::string value) {
  // Keys of other kinds, such as Ed25519 (CKK_EC_EDWARDS), may have the same label.
  CK_KEY_TYPE kind = CKK_EC;
  CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &object_class, sizeof(object_class)},
                           {CKA_KEY_TYPE, &kind, sizeof(kind)},
                           {by, value.data(), value.size()}};
  if (const CK_RV result = functions_.C_FindObjectsInit(session_, wanted, 3); result != CKR_OK) {
    return Failed("C_FindObjectsInit", result);
  }
  std::vector<CK_OBJECT_HANDLE> found(2);
  CK_ULONG count = 0;
  const CK_RV result = functions_.C_FindObjects(session_, found.data(), found.size(), &count);
  functions_.C_FindObjectsFinal(session_);
  if (result != CKR_OK) return Failed("C_FindObjects", result);
  found.resize(count);
  return found;
}

absl::Status Pkcs11Session::FindKey(const Pkcs11KeyName& name) {
  ASSIGN_OR_RETURN(const std::vector<CK_OBJECT_HANDLE> keys, Find(CKO_PRIVATE_KEY, CKA_LABEL, name.key_label));
  if (keys.empty()) {
    return absl::NotFoundError(absl::StrCat("the token \"", name.token_label,
                                            "\" holds no private EC key with the label \"", name.key_label,
                                            "\" that its user may see"));
  }
  if (keys.size() > 1) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the token \"", name.token_label, "\" holds two private EC keys with the label \"", name.key_label, "\""));
  }
  key_ = keys.front();
  return absl::OkStatus();
}

absl::StatusOr<std::string> Pkcs11Session::Attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
  CK_ATTRIBUTE attribute = {type, nullptr, 0};
  CK_RV result = functions_.C_GetAttributeValue(session_, object, &attribute, 1);
  if (result != CKR_OK || attribute.ulValueLen > kMaxAttributeBytes) return Failed("C_GetAttributeValue", result);
  std::string value(attribute.ulValueLen, '\0');
  attribute.pValue = value.data();
  result = functions_.C_GetAttributeValue(session_, object, &attribute, 1);
  if (result != CKR_OK || attribute.ulValueLen > value.size()) return Failed("C_GetAttributeValue", result);
  value.resize(attribute.ulValueLen);
  return value;
}

absl::StatusOr<std::string> Pkcs11Session::ReadSpki() {
  const Pkcs11Module::Calls calls(*module_);
  if (calls.era() != era_) return absl::UnavailableError(kEnded);
  std::vector<CK_OBJECT_HANDLE> tellers;
  if (const absl::StatusOr<std::string> id = Attribute(key_, CKA_ID); id.ok() && !id->empty()) {
    ASSIGN_OR_RETURN(tellers, Find(CKO_PUBLIC_KEY, CKA_ID, *id));
  }
  tellers.push_back(key_);
  for (const CK_OBJECT_HANDLE teller : tellers) {
    const absl::StatusOr<std::string> params = Attribute(teller, CKA_EC_PARAMS);
    if (params.ok() && *params != kP256Params)
      return absl::FailedPreconditionError("the key is not on the curve P-256");
    const absl::StatusOr<std::string> attribute = Attribute(teller, CKA_EC_POINT);
    const std::string point = attribute.ok() ? PointIn(*attribute) : std::string();
    if (params.ok() && !point.empty()) return absl::StrCat(kP256SpkiPrefix, point);
  }
  return absl::FailedPreconditionError(
      "the token does not tell the public key; put it there, with the same id (CKA_ID) as the private key");
}

absl::StatusOr<std::string> Pkcs11Session::SignDigest(absl::string_view digest) {
  const Pkcs11Module::Calls calls(*module_);
  if (calls.era() != era_) return absl::UnavailableError(kEnded);
  CK_MECHANISM mechanism = {CKM_ECDSA, nullptr, 0};
  if (const CK_RV result = functions_.C_SignInit(session_, &mechanism, key_); result != CKR_OK) {
    return Failed("C_SignInit", result);
  }
  std::string data(digest);
  std::string signature(kP1363Bytes, '\0');
  CK_ULONG size = signature.size();
  const CK_RV result = functions_.C_Sign(session_, BytesOf(data), data.size(), BytesOf(signature), &size);
  if (result != CKR_OK) return Failed("C_Sign", result);
  if (size != kP1363Bytes) return absl::UnavailableError("C_Sign gave a signature of another size than P-256 has");
  return signature;
}

}  // namespace tamga::certs

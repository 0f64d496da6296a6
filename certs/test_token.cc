#include "certs/test_token.h"

#include <openssl/core_names.h>
#include <stdlib.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/p256.h"
#include "node/base/check.h"
#include "node/base/file.h"

namespace tamga::certs {
namespace {

constexpr char kSecurityOfficersPin[] = "officer-1234";

CK_BYTE kTrue = CK_TRUE;
CK_BYTE kFalse = CK_FALSE;

CK_BYTE_PTR BytesOf(std::string& text) { return reinterpret_cast<CK_BYTE_PTR>(text.data()); }

CK_ATTRIBUTE Text(CK_ATTRIBUTE_TYPE type, std::string& value) { return {type, value.data(), value.size()}; }
CK_ATTRIBUTE Number(CK_ATTRIBUTE_TYPE type, CK_ULONG& value) { return {type, &value, sizeof(value)}; }
CK_ATTRIBUTE Flag(CK_ATTRIBUTE_TYPE type, bool value) { return {type, value ? &kTrue : &kFalse, sizeof(kTrue)}; }

std::vector<CK_SLOT_ID> Slots(const CK_FUNCTION_LIST& functions) {
  CK_ULONG count = 0;
  TAMGA_CHECK(functions.C_GetSlotList(CK_TRUE, nullptr, &count) == CKR_OK && count > 0);
  std::vector<CK_SLOT_ID> slots(count);
  TAMGA_CHECK(functions.C_GetSlotList(CK_TRUE, slots.data(), &count) == CKR_OK);
  slots.resize(count);
  return slots;
}

std::string Padded(const std::string& label) {
  std::string padded = label;
  padded.resize(32, ' ');
  return padded;
}

// 32 bytes, big-endian.
std::string PrivateNumber(const EVP_PKEY& key) {
  BIGNUM* number = nullptr;
  TAMGA_CHECK(EVP_PKEY_get_bn_param(&key, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1);
  const BignumPtr owner(number);
  std::string bytes(32, '\0');
  TAMGA_CHECK(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), 32) == 32);
  return bytes;
}

// What RemovableToken's functions share; they are plain functions, so it is one for the process.
struct Removable {
  const CK_FUNCTION_LIST* real = nullptr;
  std::atomic<bool> removed = false;
  std::atomic<int> logins = 0;
};
Removable removable;

CK_RV GetSlotList(CK_BBOOL present, CK_SLOT_ID_PTR slots, CK_ULONG_PTR count) {
  if (!removable.removed) return removable.real->C_GetSlotList(present, slots, count);
  *count = 0;
  return CKR_OK;
}

CK_RV GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  return removable.removed ? CKR_TOKEN_NOT_PRESENT : removable.real->C_GetTokenInfo(slot, info);
}

CK_RV OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void* data, CK_NOTIFY notify, CK_SESSION_HANDLE_PTR session) {
  return removable.removed ? CKR_TOKEN_NOT_PRESENT : removable.real->C_OpenSession(slot, flags, data, notify, session);
}

CK_RV Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG size) {
  ++removable.logins;
  return removable.removed ? CKR_DEVICE_REMOVED : removable.real->C_Login(session, user, pin, size);
}

CK_RV SignInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  return removable.removed ? CKR_DEVICE_REMOVED : removable.real->C_SignInit(session, mechanism, key);
}

CK_RV SignData(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG size, CK_BYTE_PTR signature, CK_ULONG_PTR length) {
  return removable.removed ? CKR_DEVICE_REMOVED : removable.real->C_Sign(session, data, size, signature, length);
}

}  // namespace

TestToken::TestToken(const std::string& label)
    : label_(label), folder_(std::filesystem::temp_directory_path() / "tamga-token.XXXXXX") {
  TAMGA_CHECK(::mkdtemp(folder_.data()) != nullptr);
  TAMGA_CHECK(MakeFolder(folder_ + "/tokens").ok());
  const std::string configuration =
      absl::StrCat("directories.tokendir = ", folder_, "/tokens\nobjectstore.backend = file\nlog.level = ERROR\n");
  TAMGA_CHECK(WriteFile(folder_ + "/softhsm2.conf", configuration).ok());
  TAMGA_CHECK(::setenv("SOFTHSM2_CONF", (folder_ + "/softhsm2.conf").c_str(), 1) == 0);
  absl::StatusOr<std::shared_ptr<const Pkcs11Module>> module = Pkcs11Module::Open(kSoftHsm);
  TAMGA_CHECK(module.ok());
  module_ = *std::move(module);

  const CK_FUNCTION_LIST& functions = module_->functions();
  std::string officers_pin = kSecurityOfficersPin;
  std::string pin = kTestPin;
  std::string padded = Padded(label_);
  TAMGA_CHECK(functions.C_InitToken(Slots(functions).front(), BytesOf(officers_pin), officers_pin.size(),
                                    BytesOf(padded)) == CKR_OK);
  CK_SESSION_HANDLE session = 0;
  TAMGA_CHECK(functions.C_OpenSession(Slot(), CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session) ==
              CKR_OK);
  TAMGA_CHECK(functions.C_Login(session, CKU_SO, BytesOf(officers_pin), officers_pin.size()) == CKR_OK);
  TAMGA_CHECK(functions.C_InitPIN(session, BytesOf(pin), pin.size()) == CKR_OK);
  TAMGA_CHECK(functions.C_Logout(session) == CKR_OK);
  TAMGA_CHECK(functions.C_CloseSession(session) == CKR_OK);
}

TestToken::~TestToken() {
  module_.reset();
  ::unsetenv("SOFTHSM2_CONF");
  std::filesystem::remove_all(folder_);
}

void TestToken::TakeAway() { std::filesystem::rename(folder_ + "/tokens", folder_ + "/unplugged"); }

void TestToken::PutBack() { std::filesystem::rename(folder_ + "/unplugged", folder_ + "/tokens"); }

CK_SLOT_ID TestToken::Slot() const {
  for (const CK_SLOT_ID slot : Slots(module_->functions())) {
    CK_TOKEN_INFO info = {};
    TAMGA_CHECK(module_->functions().C_GetTokenInfo(slot, &info) == CKR_OK);
    if (std::memcmp(info.label, Padded(label_).data(), sizeof(info.label)) == 0) return slot;
  }
  TAMGA_CHECK(false);
  return 0;
}

CK_SESSION_HANDLE TestToken::OpenToWrite() const {
  CK_SESSION_HANDLE session = 0;
  TAMGA_CHECK(module_->functions().C_OpenSession(Slot(), CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                                                 &session) == CKR_OK);
  std::string pin = kTestPin;
  const CK_RV result = module_->functions().C_Login(session, CKU_USER, BytesOf(pin), pin.size());
  TAMGA_CHECK(result == CKR_OK || result == CKR_USER_ALREADY_LOGGED_IN);
  return session;
}

void TestToken::Import(const std::string& label, const EVP_PKEY& key, bool with_public_key) {
  const CK_FUNCTION_LIST& functions = module_->functions();
  const CK_SESSION_HANDLE session = OpenToWrite();
  CK_ULONG private_class = CKO_PRIVATE_KEY;
  CK_ULONG public_class = CKO_PUBLIC_KEY;
  CK_ULONG kind = CKK_EC;
  std::string name = label;
  std::string id(1, static_cast<char>(next_id_++));
  std::string params("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10);
  std::string number = PrivateNumber(key);
  CK_ATTRIBUTE private_half[] = {Number(CKA_CLASS, private_class),
                                 Number(CKA_KEY_TYPE, kind),
                                 Text(CKA_LABEL, name),
                                 Text(CKA_ID, id),
                                 Flag(CKA_TOKEN, true),
                                 Flag(CKA_PRIVATE, true),
                                 Flag(CKA_SENSITIVE, true),
                                 Flag(CKA_EXTRACTABLE, false),
                                 Flag(CKA_SIGN, true),
                                 Text(CKA_EC_PARAMS, params),
                                 Text(CKA_VALUE, number)};
  CK_OBJECT_HANDLE made = 0;
  TAMGA_CHECK(functions.C_CreateObject(session, private_half, std::size(private_half), &made) == CKR_OK);
  if (with_public_key) {
    const std::string spki = SpkiOf(key);
    std::string point = absl::StrCat("\x04\x41", spki.substr(spki.size() - 65));
    CK_ATTRIBUTE public_half[] = {Number(CKA_CLASS, public_class), Number(CKA_KEY_TYPE, kind),
                                  Text(CKA_LABEL, name),           Text(CKA_ID, id),
                                  Flag(CKA_TOKEN, true),           Flag(CKA_PRIVATE, false),
                                  Flag(CKA_VERIFY, true),          Text(CKA_EC_PARAMS, params),
                                  Text(CKA_EC_POINT, point)};
    TAMGA_CHECK(functions.C_CreateObject(session, public_half, std::size(public_half), &made) == CKR_OK);
  }
  TAMGA_CHECK(functions.C_CloseSession(session) == CKR_OK);
}

void TestToken::MakeEd25519(const std::string& label) {
  const CK_FUNCTION_LIST& functions = module_->functions();
  const CK_SESSION_HANDLE session = OpenToWrite();
  std::string name = label;
  std::string id(1, static_cast<char>(next_id_++));
  std::string params("\x06\x03\x2b\x65\x70", 5);
  CK_MECHANISM mechanism = {CKM_EC_EDWARDS_KEY_PAIR_GEN, nullptr, 0};
  CK_ATTRIBUTE public_half[] = {Text(CKA_LABEL, name),  Text(CKA_ID, id),         Flag(CKA_TOKEN, true),
                                Flag(CKA_VERIFY, true), Flag(CKA_PRIVATE, false), Text(CKA_EC_PARAMS, params)};
  CK_ATTRIBUTE private_half[] = {Text(CKA_LABEL, name), Text(CKA_ID, id),          Flag(CKA_TOKEN, true),
                                 Flag(CKA_SIGN, true),  Flag(CKA_SENSITIVE, true), Flag(CKA_PRIVATE, true)};
  CK_OBJECT_HANDLE public_key = 0;
  CK_OBJECT_HANDLE private_key = 0;
  TAMGA_CHECK(functions.C_GenerateKeyPair(session, &mechanism, public_half, std::size(public_half), private_half,
                                          std::size(private_half), &public_key, &private_key) == CKR_OK);
  TAMGA_CHECK(functions.C_CloseSession(session) == CKR_OK);
}

RemovableToken::RemovableToken(const TestToken& token) : functions_(token.module()->functions()) {
  removable.real = &token.module()->functions();
  removable.removed = false;
  removable.logins = 0;
  functions_.C_GetSlotList = GetSlotList;
  functions_.C_GetTokenInfo = GetTokenInfo;
  functions_.C_OpenSession = OpenSession;
  functions_.C_Login = Login;
  functions_.C_SignInit = SignInit;
  functions_.C_Sign = SignData;
  module_ = std::make_shared<const Pkcs11Module>(functions_);
}

RemovableToken::~RemovableToken() {
  module_.reset();
  removable.real = nullptr;
}

void RemovableToken::Remove() {
  removable.removed = true;
  for (const CK_SLOT_ID slot : Slots(*removable.real)) removable.real->C_CloseAllSessions(slot);
}

void RemovableToken::PutBack() { removable.removed = false; }

int RemovableToken::logins() const { return removable.logins; }

}  // namespace tamga::certs

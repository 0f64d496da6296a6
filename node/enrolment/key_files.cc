#include "node/enrolment/key_files.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "certs/certificate.h"
#include "certs/p256.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"

namespace tamga::enrolment {
namespace {

constexpr unsigned kSecretMode = 0600;

std::string NextOf(const std::string& path) { return absl::StrCat(path, ".next"); }

bool IsThere(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// Whether the file holds the key of the certificate.
bool HoldsKeyOf(const std::string& key_file, const certs::Certificate& certificate) {
  const absl::StatusOr<std::string> pem = ReadSecretFile(key_file);
  if (!pem.ok()) return false;
  const absl::StatusOr<certs::EvpPkeyPtr> key = certs::ParsePrivateKeyPem(*pem);
  return key.ok() && certs::SpkiOf(**key) == certificate.Spki();
}

}  // namespace

absl::StatusOr<std::string> PrepareKey(const KeyFiles& files, bool keep) {
  const std::string path = NextOf(files.key_file);
  if (keep && IsThere(path)) {
    ASSIGN_OR_RETURN(std::string pem, ReadSecretFile(path));
    RETURN_IF_ERROR(certs::ParsePrivateKeyPem(pem).status());
    return pem;
  }
  ASSIGN_OR_RETURN(const certs::EvpPkeyPtr key, certs::GenerateP256Key());
  ASSIGN_OR_RETURN(std::string pem, certs::WritePrivateKeyPem(*key));
  RETURN_IF_ERROR(WriteFile(path, pem, kSecretMode));
  return pem;
}

void DiscardKey(const KeyFiles& files) { ::unlink(NextOf(files.key_file).c_str()); }

absl::Status Replace(const KeyFiles& files, absl::string_view chain_pem) {
  RETURN_IF_ERROR(WriteFile(NextOf(files.certificate_file), chain_pem));
  RETURN_IF_ERROR(RenameFile(NextOf(files.key_file), files.key_file));
  return RenameFile(NextOf(files.certificate_file), files.certificate_file);
}

absl::Status FinishReplacement(const KeyFiles& files) {
  const std::string waiting = NextOf(files.certificate_file);
  if (!IsThere(waiting)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string pem, ReadFile(waiting));
  const absl::StatusOr<certs::CertificateChain> chain = certs::ParsePemChain(pem);
  if (chain.ok() && HoldsKeyOf(NextOf(files.key_file), chain->front())) {
    RETURN_IF_ERROR(RenameFile(NextOf(files.key_file), files.key_file));
    return RenameFile(waiting, files.certificate_file);
  }
  if (chain.ok() && HoldsKeyOf(files.key_file, chain->front())) return RenameFile(waiting, files.certificate_file);
  ::unlink(waiting.c_str());
  return absl::OkStatus();
}

}  // namespace tamga::enrolment

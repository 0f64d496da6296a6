// For tests: authorities and principals of any kind, issued by whomever one likes, without a State. Any failure ends
// the test program.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "certs/certificate.h"
#include "certs/certificate_builder.h"
#include "certs/chain_verifier.h"
#include "certs/profile.h"
#include "certs/test_certificates.h"

namespace tamga::certs {

using SharedKey = std::shared_ptr<EVP_PKEY>;

// "P-256" and other curves, "RSA-3072" and other sizes, "ED25519", "ED448", "DSA".
SharedKey MakeTestKey(const std::string& kind);

struct Issued {
  Certificate certificate;
  SharedKey key;
};

struct IssueOptions {
  std::string name;  // subject, O
  // Extensions in OpenSSL's configuration syntax, left out where empty.
  std::string basic_constraints = {};
  std::string key_usage = {};
  std::string purposes = {};
  std::string names = {};
  std::string constraints = {};
  std::string common_name = {};
  absl::Time not_before = TestNow() - absl::Hours(1);
  absl::Time not_after = TestNow() + absl::Hours(24);
  SharedKey key = nullptr;  // a new P-256 key if null
  const EVP_MD* digest = EVP_sha256();
  std::function<void(X509*)> change = {};  // before it is signed
};

IssueOptions AuthorityNamed(const std::string& name);
// A server's: "server.example", serverAuth.
IssueOptions Server();

// Signed by `issuer`, or by itself if that is null.
Issued Issue(const IssueOptions& options, const Issued* issuer);

// The certificate changed and signed again with `key`.
Certificate Altered(const Certificate& certificate, const std::function<void(X509*)>& change, EVP_PKEY& key,
                    const EVP_MD* digest = EVP_sha256());

// One element of DER.
std::string DerOf(unsigned char tag, absl::string_view content);

// A root, an issuing authority, and the options of a leaf below it. All may be changed before Leaf is asked for.
struct TestChain {
  IssueOptions root = AuthorityNamed("Root");
  IssueOptions issuing = AuthorityNamed("Issuing");
  IssueOptions leaf = Server();
};

// Its three links: what holds of one is tried on each.
struct TestLink {
  const char* name;
  IssueOptions TestChain::*options;
};
inline constexpr TestLink kTestLinks[] = {
    {"leaf", &TestChain::leaf}, {"issuing", &TestChain::issuing}, {"root", &TestChain::root}};

// For IssueOptions.change: an extension by its octets, or in OpenSSL's configuration syntax.
void AddRawExtension(X509* x509, const char* oid, bool is_critical, const std::string& value);
void AddExtension(X509* x509, int nid, const char* value);

// Of a chain: issued, then verified as the rules say (see ServerRules).
absl::StatusOr<VerifiedPath> Verify(const TestChain& chain, const ChainRules& rules);

// A server now: serverAuth, digitalSignature and whatever does not issue.
ChainRules ServerRules();

}  // namespace tamga::certs

#include "node/cli/spiffe_bundle.h"

#include <openssl/x509.h>

#include <string>

#include "absl/strings/escaping.h"
#include "certs/test_pki.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "node/base/encoding.h"
#include "node/base/matchers.h"

namespace tamga::cli {
namespace {

using Json = nlohmann::json;

certs::Certificate RootOf(const std::string& kind) {
  certs::IssueOptions options = certs::AuthorityNamed("Root");
  options.key = certs::MakeTestKey(kind);
  return certs::Issue(options, nullptr).certificate;
}

void AddRoot(const certs::Certificate& root, v1::StateTrust& state) {
  v1::TrustedRoot& added = *state.add_roots();
  added.set_sha256(Sha256(root.Der()));
  added.set_certificate(root.Der());
}

// The bytes of a field, which is base64url without padding (RFC 7515 section 2).
std::string BytesOf(const Json& key, const char* field) {
  const std::string text = key.at(field).get<std::string>();
  EXPECT_EQ(text.find_first_of("+/="), std::string::npos) << field;
  std::string bytes;
  EXPECT_TRUE(absl::WebSafeBase64Unescape(text, &bytes)) << field;
  return bytes;
}

// Whether the key itself, as SubjectPublicKeyInfo has it, has these bytes.
bool Has(const certs::Certificate& root, const std::string& bytes) {
  return root.Spki().find(bytes) != std::string::npos;
}

TEST(SpiffeBundleTest, EachRootIsAKeyOfItsKindWithItsCertificate) {
  const certs::Certificate p256 = RootOf("P-256");
  const certs::Certificate p384 = RootOf("P-384");
  const certs::Certificate rsa = RootOf("RSA-3072");
  v1::StateTrust state;
  state.set_state("KAZ");
  state.set_act_number(7);
  state.set_refresh_hint_s(3600);
  for (const certs::Certificate& root : {p256, p384, rsa}) AddRoot(root, state);
  ASSERT_OK_AND_ASSIGN(const std::string text, SpiffeBundle(state));
  const Json bundle = Json::parse(text);
  EXPECT_EQ(bundle.at("spiffe_sequence"), 7);
  EXPECT_EQ(bundle.at("spiffe_refresh_hint"), 3600);
  const Json& keys = bundle.at("keys");
  ASSERT_EQ(keys.size(), 3u);
  size_t i = 0;
  for (const certs::Certificate& root : {p256, p384, rsa}) {
    const Json& key = keys.at(i++);
    EXPECT_EQ(key.at("use"), "x509-svid");
    ASSERT_EQ(key.at("x5c").size(), 1u);
    EXPECT_EQ(Base64Decode(key.at("x5c").at(0).get<std::string>()).value(), root.Der());
  }
  EXPECT_EQ(keys.at(0).at("kty"), "EC");
  EXPECT_EQ(keys.at(0).at("crv"), "P-256");
  EXPECT_EQ(BytesOf(keys.at(0), "x").size(), 32u);
  EXPECT_EQ(BytesOf(keys.at(0), "y").size(), 32u);
  EXPECT_TRUE(Has(p256, BytesOf(keys.at(0), "x") + BytesOf(keys.at(0), "y")));
  EXPECT_EQ(keys.at(1).at("crv"), "P-384");
  EXPECT_EQ(BytesOf(keys.at(1), "x").size(), 48u);
  EXPECT_TRUE(Has(p384, BytesOf(keys.at(1), "x") + BytesOf(keys.at(1), "y")));
  EXPECT_EQ(keys.at(2).at("kty"), "RSA");
  EXPECT_EQ(BytesOf(keys.at(2), "n").size(), 384u);
  EXPECT_TRUE(Has(rsa, BytesOf(keys.at(2), "n")));
  EXPECT_EQ(BytesOf(keys.at(2), "e"), std::string("\x01\x00\x01", 3));
}

TEST(SpiffeBundleTest, WithoutAnActThereIsNeitherSequenceNorHint) {
  v1::StateTrust state;
  AddRoot(RootOf("P-256"), state);
  ASSERT_OK_AND_ASSIGN(const std::string text, SpiffeBundle(state));
  const Json bundle = Json::parse(text);
  EXPECT_FALSE(bundle.contains("spiffe_sequence"));
  EXPECT_FALSE(bundle.contains("spiffe_refresh_hint"));
  EXPECT_EQ(bundle.at("keys").size(), 1u);
}

TEST(SpiffeBundleTest, ARootWithoutItsCertificateIsNotLeftOut) {
  v1::StateTrust state;
  state.set_state("KAZ");
  state.add_roots()->set_sha256(std::string(32, 'x'));
  EXPECT_THAT(SpiffeBundle(state), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tamga::cli

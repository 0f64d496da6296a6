#include "certs/csr.h"

#include <openssl/x509v3.h>

#include <functional>
#include <utility>

#include "certs/openssl_der.h"
#include "certs/p256.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

using X509ReqPtr = std::unique_ptr<X509_REQ, OpenSslDeleter<X509_REQ_free>>;

constexpr char kGoodName[] = "URI:spiffe://kaz.tamga/border-service/node/main";

// A request that MakeCsr would not make.
struct Options {
  std::vector<std::pair<int, std::string>> extensions = {{NID_subject_alt_name, kGoodName}};
  const EVP_MD* digest = EVP_sha256();
  long version = X509_REQ_VERSION_1;
  std::function<void(X509_REQ*)> change = {};  // before it is signed
};

struct CsrTest : public ::testing::Test {
  static std::string Build(const Options& options, EVP_PKEY& subject, EVP_PKEY& signer) {
    const X509ReqPtr request(X509_REQ_new());
    STACK_OF(X509_EXTENSION)* extensions = sk_X509_EXTENSION_new_null();
    for (const auto& [nid, value] : options.extensions) {
      sk_X509_EXTENSION_push(extensions, X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
    }
    X509_REQ_set_version(request.get(), options.version);
    X509_REQ_set_pubkey(request.get(), &subject);
    if (!options.extensions.empty()) X509_REQ_add_extensions(request.get(), extensions);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    if (options.change) options.change(request.get());
    EXPECT_NE(X509_REQ_sign(request.get(), &signer, options.digest), 0);
    return ToDer<i2d_X509_REQ>(request.get());
  }
  absl::Status StatusOf(const Options& options) const { return Csr::FromDer(Build(options, *key, *key)).status(); }
  absl::Status StatusOfNames(const std::string& names) const {
    Options options;
    options.extensions = {{NID_subject_alt_name, names}};
    return StatusOf(options);
  }

  const Principal node{"KAZ/border-service", Role::kNode, "main"};
  const EvpPkeyPtr key = GenerateP256Key().value();
};

TEST_F(CsrTest, AKeyThatIsElsewhereSignsItself) {
  const auto sign_by = [](EVP_PKEY& by) {
    return [&by](absl::string_view data) -> absl::StatusOr<std::string> {
      const EvpMdCtxPtr context(EVP_MD_CTX_new());
      std::string signature(static_cast<size_t>(EVP_PKEY_get_size(&by)), '\0');
      size_t size = signature.size();
      EXPECT_EQ(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, &by), 1);
      EXPECT_EQ(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                               reinterpret_cast<const unsigned char*>(data.data()), data.size()),
                1);
      signature.resize(size);
      return signature;
    };
  };
  for (int i = 0; i < 50; ++i) {  // signatures are of several lengths, and some end in zero bits
    ASSERT_OK_AND_ASSIGN(const std::string der, MakeCsr(node, SpkiOf(*key), sign_by(*key)));
    ASSERT_OK_AND_ASSIGN(const Csr request, Csr::FromDer(der));
    EXPECT_EQ(request.principal(), node);
    EXPECT_EQ(request.key_sha256(), Sha256(SpkiOf(*key)));
  }
  const EvpPkeyPtr other = GenerateP256Key().value();
  EXPECT_THAT(MakeCsr(node, SpkiOf(*key), sign_by(*other)), StatusIs(absl::StatusCode::kFailedPrecondition));
  const auto broken = [](absl::string_view) { return absl::StatusOr<std::string>(absl::UnavailableError("gone")); };
  EXPECT_THAT(MakeCsr(node, SpkiOf(*key), broken), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(CsrTest, WhatIsMadeIsRead) {
  ASSERT_OK_AND_ASSIGN(const std::string der, MakeCsr(node, *key));
  ASSERT_OK_AND_ASSIGN(const Csr request, Csr::FromDer(der));
  EXPECT_EQ(request.principal(), node);
  EXPECT_EQ(SpkiOf(request.key()), SpkiOf(*key));
  EXPECT_EQ(request.key_sha256(), Sha256(SpkiOf(*key)));
}

TEST_F(CsrTest, WithAnyBitFlippedItIsRefused) {
  ASSERT_OK_AND_ASSIGN(const std::string der, MakeCsr(node, *key));
  for (size_t bit = 0; bit < der.size() * 8; ++bit) {
    std::string flipped = der;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THAT(Csr::FromDer(flipped), StatusIs(absl::StatusCode::kInvalidArgument)) << bit;
  }
}

TEST_F(CsrTest, CutAnywhereOrWithMoreBehindItIsRefused) {
  ASSERT_OK_AND_ASSIGN(const std::string der, MakeCsr(node, *key));
  for (size_t size = 0; size < der.size(); ++size) {
    EXPECT_THAT(Csr::FromDer(der.substr(0, size)), HasReason("CSR_MALFORMED")) << size;
  }
  EXPECT_THAT(Csr::FromDer(der + '\0'), HasReason("CSR_MALFORMED"));
  EXPECT_THAT(Csr::FromDer(std::string(Csr::kMaxDerBytes + 1, '0')), HasReason("CSR_MALFORMED"));
}

TEST_F(CsrTest, WhoeverAsksMustHoldTheKey) {
  const EvpPkeyPtr other = GenerateP256Key().value();
  EXPECT_THAT(Csr::FromDer(Build({}, *key, *other)), HasReason("CSR_BAD_SIGNATURE"));
  Options sha384;
  sha384.digest = EVP_sha384();
  EXPECT_THAT(StatusOf(sha384), HasReason("CSR_BAD_SIGNATURE"));
}

TEST_F(CsrTest, OnlyP256IsTaken) {
  const SharedKey larger = MakeTestKey("P-384");
  EXPECT_THAT(Csr::FromDer(Build({}, *larger, *larger)), HasReason("CSR_BAD_KEY"));
  const SharedKey rsa = MakeTestKey("RSA-3072");
  EXPECT_THAT(Csr::FromDer(Build({}, *rsa, *rsa)), HasReason("CSR_BAD_SIGNATURE"));
  EXPECT_THAT(Csr::FromDer(Build({}, *rsa, *key)), HasReason("CSR_BAD_KEY"));
}

TEST_F(CsrTest, OnlyOneSpiffeIdIsTaken) {
  EXPECT_OK(StatusOfNames(kGoodName));
  for (const std::string& names :
       {std::string("URI:spiffe://kaz.tamga/border-service/king/main"), std::string("URI:https://kaz.tamga/"),
        std::string("DNS:border-service.kaz.tamga"), std::string(kGoodName) + ",DNS:border-service.kaz.tamga",
        std::string(kGoodName) + "," + kGoodName, std::string(kGoodName) + ",email:a@kaz.tamga"}) {
    EXPECT_THAT(StatusOfNames(names), HasReason("CSR_BAD_IDENTITY")) << names;
  }
}

TEST_F(CsrTest, OtherExtensionsAndAttributesAreRefused) {
  Options none;
  none.extensions = {};
  EXPECT_THAT(StatusOf(none), HasReason("CSR_BAD_IDENTITY"));
  Options authority;
  authority.extensions.emplace_back(NID_basic_constraints, "critical,CA:TRUE");
  EXPECT_THAT(StatusOf(authority), HasReason("CSR_BAD_IDENTITY"));
  Options only_usage;
  only_usage.extensions = {{NID_key_usage, "keyCertSign"}};
  EXPECT_THAT(StatusOf(only_usage), HasReason("CSR_BAD_IDENTITY"));
  Options password;
  password.change = [](X509_REQ* request) {
    const std::string secret = "secret";
    X509_REQ_add1_attr_by_NID(request, NID_pkcs9_challengePassword, MBSTRING_ASC,
                              reinterpret_cast<const unsigned char*>(secret.data()), static_cast<int>(secret.size()));
  };
  EXPECT_THAT(StatusOf(password), HasReason("CSR_BAD_IDENTITY"));
}

TEST_F(CsrTest, TheSubjectSaysNothing) {
  Options named;
  named.change = [](X509_REQ* request) {
    const std::string name = "KGZ";
    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request), "O", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.data()), static_cast<int>(name.size()), -1,
                               0);
  };
  ASSERT_OK_AND_ASSIGN(const Csr request, Csr::FromDer(Build(named, *key, *key)));
  EXPECT_EQ(request.principal(), node);
}

TEST_F(CsrTest, OnlyVersionOneIsRead) {
  Options version;
  version.version = 2;
  EXPECT_THAT(StatusOf(version), HasReason("CSR_MALFORMED"));
}

}  // namespace
}  // namespace tamga::certs

package dev.almanac.format;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The digest that an edition is. */
public final class Sha256 {
  private Sha256() {}

  /** A new SHA-256, for one thread. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime must have SHA-256", e);
    }
  }
}
